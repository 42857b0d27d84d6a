"""The experiments behind the book's claims: `python -m course_lib run NAME`.

An experiment is one file here: a question, arms as data, one function.  Its stored result is
`book/results/NAME.json`; `smoke(NAME)` trains a small version of it in a page.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from course_lib import profile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.experiments.plan import Experiment

NAMES = (
    "lenet",
    "alexnet",
    "vgg",
    "vgg_start",
    "resnet",
    "resnet_shortcuts",
    "why_resnets",
    "why_resnets_gradients",
    "why_resnets_deletion",
    "nin",
    "inception",
    "googlenet",
    "inception_v3",
    "factorization",
    "batchnorm",
    "batchnorm_modes",
    "batchnorm_sizes",
    "mobilenet",
    "mobilenet_v2",
    "senet",
    "efficientnet",
    "augmentation_digits",
    "augmentation_garments",
    "transfer",
    "transfer_garments",
    "transfer_far",
    "transfer_textures",
    "transfer_solar",
    "evaluation",
    "evaluation_seeds",
)

__all__ = [
    "NAMES",
    "experiment",
    "figure",
    "provenance_line",
    "same_direction",
    "sentences",
    "smoke",
    "stored",
]


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

    Raises:
        ValueError: no such experiment.
        NoSmallVersion: it has none; the message says why.
        FileNotFoundError: it has no stored result yet.
    """
    from course_lib.experiments.small import SMOKE, NoSmallVersion, run_small

    chosen, plan = experiment(name), SMOKE[name]
    if isinstance(plan, str):
        raise NoSmallVersion(f"{name} has no small version: {plan}")
    return run_small(chosen, plan, stored(name), full=profile() == "full")


def stored(name: str) -> dict[str, Any]:
    """Read the stored result `book/results/NAME.json`; see `course_lib.experiments.results`."""
    from course_lib.experiments import results

    return results.stored(name)


def sentences(result: dict[str, Any]) -> list[str]:
    """Return a sentence for each prediction; see `course_lib.experiments.verdicts`."""
    from course_lib.experiments import verdicts

    return verdicts.sentences(result)


def figure(result: dict[str, Any]) -> "Figure":
    """Draw what answers an experiment's question; see `course_lib.experiments.figures`."""
    from course_lib.experiments import figures

    return figures.figure(result)


def same_direction(small, large, metric: str | None = None) -> dict[str, bool]:
    """Say where a small run points the same way; see `course_lib.experiments.results`."""
    from course_lib.experiments import results

    return results.same_direction(small, large, metric)


def provenance_line(result: dict[str, Any]) -> str:
    """Return one sentence: the command of a stored result, its seeds, code, date and machine.

    A second sentence names the modules that have changed since.
    """
    from course_lib.experiments.provenance import changed_since

    p = result["provenance"]
    changed = changed_since(result)
    older = f" Older than today's {', '.join(changed)}." if changed else ""
    versions = p["versions"]
    backend = next(v for name, v in versions.items() if name.startswith(p["backend"]))
    return (
        f"`{p['command']}`: {p['trainings']} trainings, seeds "
        f"{', '.join(str(seed) for seed in p['seeds'])}; {_commit(p)}, {p['date']}; "
        f"Keras {versions['keras']} on {p['backend']} {backend}; "
        f"{p['processor']}, {p['cores']} cores, {p['seconds'] / 60:.0f} minutes of processor time."
        f"{older}"
    )


def _commit(provenance: dict[str, Any]) -> str:
    """Name the commit that computed a result, and whether that was all of its code."""
    if provenance["commit"] is None:
        return "no commit: computed outside git"
    changes = "" if provenance["clean"] else " with changes that were not committed"
    return f"commit {provenance['commit'][:7]}{changes}"
