"""A stored training, run once more with today's code, ends where the stored one did.

Same seed, same data, same learning rate: on the machine that stored the result the numbers are
equal, on another they differ by rounding that training magnifies.  This is the test that
`python -m course_lib run NAME --restamp` names after a change of code that computes the same.
"""

import pytest

from course_lib.experiments import experiment, stored
from course_lib.experiments.plan import Run

# the arm that trains fastest
CHEAP = {
    "lenet": "modern",
    "resnet": "residual_8",
    "transfer": "scratch",
    "transfer_textures": "scratch_5",
}
APART = 0.03  # of an error; a changed net, initialization or recipe moves it further
FEW = 0.06  # the same after training on five images of each class, which magnifies more
GRADIENT = 0.02  # relative: before the first step nothing has been magnified


@pytest.mark.parametrize("name", CHEAP)
def test_a_stored_training_repeats(name):
    planned, arm = experiment(name), stored(name)["arms"][CHEAP[name]]
    run = Run(arm["learning_rate"], planned.seeds[0], planned.steps, planned.batch_size)
    again = planned.trial(planned.arms[CHEAP[name]], run, planned.load())
    for measure, value in again.items():
        if "values" not in arm[measure]:
            continue  # a curve
        first = arm[measure]["values"][0]
        apart = FEW if measure.endswith("_5") else APART
        tolerance = {"abs": apart} if "error" in measure else {"rel": GRADIENT}
        assert value == pytest.approx(first, **tolerance), measure
