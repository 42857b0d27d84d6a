"""The question of `transfer` for a body that has learned something else: garments, then digits."""

from course_lib.experiments import transfer
from course_lib.experiments.parts import small_garments
from course_lib.experiments.plan import Experiment
from course_lib.experiments.transfer import ARMS, predictions, trial


def load():
    """Return digits 5 to 9 at 14x14 pixels, and all kinds of garments to learn before."""
    return transfer.load() | {"source": small_garments(8_000)["train"]}


EXPERIMENT = Experiment(
    name="transfer_far",
    chapter="practice/transfer",
    question="Does a body that knows garments help to learn digits?",
    metric="test_error_5",
    arms=ARMS,
    comparisons=predictions(),
    rates=(0.001, 0.003, 0.01),
    steps=150,
    batch_size=25,
    load=load,
    trial=trial,
)
