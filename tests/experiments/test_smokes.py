"""The small version of an experiment points where the stored run does."""

import pytest

from course_lib.experiments import NAMES, results, same_direction, smoke, stored
from course_lib.experiments.small import SMOKE

RUN = [
    name
    for name in NAMES
    if not isinstance(SMOKE[name], str) and (results.FOLDERS[0] / f"{name}.json").is_file()
]


@pytest.mark.weekly
@pytest.mark.parametrize("name", RUN)
def test_small_version_shows_what_the_stored_run_showed(name):
    agrees = same_direction(smoke(name), stored(name))
    assert agrees, "no comparison of the stored run that is visible has both arms in the small one"
    assert [each for each, same in agrees.items() if not same] == []
