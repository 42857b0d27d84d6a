"""A trial of every experiment measures what its predictions compare, on the splits it is given."""

import pytest

from course_lib.experiments import NAMES, experiment
from course_lib.experiments.figures import figure
from course_lib.experiments.plan import Run
from course_lib.experiments.results import summary

OWN_TESTS = ("lenet", "resnet", "transfer_solar")  # that run a trial
FEWEST = {"source": 70}  # of these, a trial trains 400 steps
STEPS = 4  # one for each snapshot of a training


def arms():
    """Yield each experiment with its first arm, and for `make test-weekly` with its later ones.

    Of arms that differ in a number only, one is enough.
    """
    for name in NAMES:
        kinds = set()
        for arm, settings in experiment(name).arms.items():
            kind = str(sorted((k, v) for k, v in settings.items() if not _is_size(k, v)))
            if name not in OWN_TESTS and kind not in kinds:
                yield pytest.param((name, arm), marks=[pytest.mark.weekly] if kinds else [])
            kinds.add(kind)


def _is_size(key, value):
    return key == "label" or (isinstance(value, float | int | list) and not isinstance(value, bool))


@pytest.fixture(scope="module", params=arms(), ids=".".join)
def tried(request):
    """The plan, one arm, and what a few updates of it measure."""
    name, arm = request.param
    plan = experiment(name)
    settings = plan.arms[arm]
    if settings.get("seconds"):
        settings = settings | {"seconds": 0.01}
    splits = {
        name: split.take(FEWEST.get(name, min(500, len(split))))
        for name, split in plan.load().items()
    }
    rate = settings.get("learning_rate", 0.001)
    return plan, arm, plan.trial(settings, Run(rate, 0, STEPS, 20), splits)


# Keras converts its TensorFlow variables in a way that NumPy 2 is about to drop.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_trial_measures_what_is_compared(tried):
    plan, arm, measures = tried
    for comparison in plan.comparisons.values():
        sides = zip((comparison.a, comparison.b), comparison.metrics, strict=True)
        for side, metric in sides:
            if side == arm:
                assert isinstance(measures[metric], float | int)
    if plan.rates:
        assert 0.0 <= measures["validation_error"] <= 1.0


def test_the_figure_shows_what_a_trial_measures(tried):
    plan, _, measures = tried
    entries = {arm: {"measures": [measures, measures]} for arm in plan.arms}
    drawn = figure(summary(plan, entries)).axes[0]
    assert drawn.containers
    assert drawn.get_xlabel() + drawn.get_ylabel()
