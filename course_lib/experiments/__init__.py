"""The experiments behind the book's claims: `python -m course_lib run NAME`.

An experiment is one file here: a question, arms as data, one function.  Its stored result is
`book/results/NAME.json`; `smoke(NAME)` trains a small version of it in a page.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from course_lib import profile

if TYPE_CHECKING:
    from course_lib.experiments.plan import Experiment

NAMES = ("lenet", "resnet")

__all__ = ["NAMES", "experiment", "provenance_line", "same_direction", "smoke", "stored"]


def experiment(name: str) -> "Experiment":
    """Return the experiment of that name.

    Raises:
        ValueError: there is none; the message lists them.
    """
    if name not in NAMES:
        raise ValueError(f"no experiment {name!r}; the experiments are {', '.join(NAMES)}")
    return import_module(f"course_lib.experiments.{name}").EXPERIMENT


def smoke(name: str) -> dict[str, Any]:
    """Train the small version of an experiment now, at the learning rates of the stored run.

    It sees training and validation images only.  In the profile "full" all arms train as long as
    in the stored run.

    Args:
        name: one of `NAMES`.

    Returns:
        A result like a stored one, with one seed and without provenance.
    """
    from course_lib.experiments.small import SMOKE, run_small

    return run_small(experiment(name), SMOKE[name], stored(name), full=profile() == "full")


def stored(name: str) -> dict[str, Any]:
    """Read the stored result `book/results/NAME.json`; see `course_lib.experiments.results`."""
    from course_lib.experiments import results

    return results.stored(name)


def same_direction(small, large, metric: str) -> dict[str, bool]:
    """Say where a small run points the same way; see `course_lib.experiments.results`."""
    from course_lib.experiments import results

    return results.same_direction(small, large, metric)


def provenance_line(result: dict[str, Any]) -> str:
    """Return one sentence: the command of a stored result, its seeds, code, date and machine."""
    p = result["provenance"]
    versions = p["versions"]
    backend = next(v for name, v in versions.items() if name.startswith(p["backend"]))
    return (
        f"`{p['command']}`: {p['trainings']} trainings, seeds "
        f"{', '.join(str(seed) for seed in p['seeds'])}; {_commit(p)}, {p['date']}; "
        f"Keras {versions['keras']} on {p['backend']} {backend}; "
        f"{p['processor']}, {p['cores']} cores, {p['seconds'] / 60:.0f} minutes of processor time."
    )


def _commit(provenance: dict[str, Any]) -> str:
    """Name the commit that computed a result, and whether that was all of its code."""
    if provenance["commit"] is None:
        return "no commit: computed outside git"
    changes = "" if provenance["clean"] else " with changes that were not committed"
    return f"commit {provenance['commit'][:7]}{changes}"
