"""The question of `transfer` for garments: coats, shirts and boots after seven other kinds."""

from course_lib.experiments.parts import small_garments
from course_lib.experiments.plan import Experiment
from course_lib.experiments.transfer import ARMS, chosen, predictions, trial

TARGET = (4, 6, 9)  # coat, shirt, ankle boot
SOURCE = (0, 1, 2, 3, 5, 7, 8)


def load():
    """Return three kinds of garments at 14x14 pixels, and seven others to learn before."""
    small = small_garments(8_000)
    return {name: chosen(split, TARGET) for name, split in small.items()} | {
        "source": chosen(small["train"], SOURCE)
    }


EXPERIMENT = Experiment(
    name="transfer_garments",
    chapter="practice/transfer",
    question="Does a body that knows seven kinds of garments help to learn three others?",
    metric="test_error_5",
    arms=ARMS,
    comparisons=predictions(),
    rates=(0.001, 0.003, 0.01),
    steps=150,
    batch_size=25,
    load=load,
    trial=trial,
)
