"""How the check of the auxiliary head finds a dropout, whatever layer makes it.

The last layer has at least as many classes as it reads units, so what it has read follows from
what it puts out.  Beside the same values without dropout, that shows which units were dropped,
and what the others were multiplied by.
"""

import numpy as np

from course_lib.checks.model import as_model, outputs
from course_lib.checks.verdict import WrongAnswer, spell
from course_lib.checks.weights import randomize

IMAGES = 96
CLOSE = 0.02  # of a kept value, relative
FAR = 0.12  # of a share; four deviations of what the images of a case give


def refuse_draws(answer, shape, arguments, rng) -> None:
    """Raise `WrongAnswer` if a model answers one image in several ways, outside of training.

    Args:
        answer: the reader's function.
        shape: (H, W, C) of its input.
        arguments: of the call.
        rng: generator of weights and images.
    """
    model = as_model(answer, shape, arguments)
    for _ in randomize(model, rng):
        found = outputs(model, np.repeat(rng.normal(size=(1, *shape)), IMAGES, 0), None)
        if np.ptp(found, axis=0).max() > CLOSE * np.abs(found).max():
            raise WrongAnswer(
                f"{spell(answer, arguments)}: in inference, too, it answers one image in several "
                "ways. Leave `training` alone where the dropout is called: Keras then drops in "
                "training only"
            )


def judge_dropout(answer, shape, arguments, rng) -> None:
    """Raise `WrongAnswer` unless the hidden units, and they alone, are dropped in training.

    Args:
        answer: the reader's function, right in inference.
        shape: (H, W, C) of its input.
        arguments: of the call; `units`, `classes` and `rate` among them.
        rng: generator of weights and images.
    """
    model = as_model(answer, shape, arguments)
    ((units, _),) = randomize(model, rng)
    x = rng.normal(size=(IMAGES, *shape))
    kernel, bias = _last(units, arguments["units"], arguments["classes"])
    calm, wild = (
        (outputs(model, x, training) - bias) @ np.linalg.pinv(kernel) for training in (False, True)
    )
    lit = calm > 0.05 * calm.max()
    gone = np.abs(wild) < CLOSE * np.abs(calm).max()
    dropped, kept = ((some & lit).any(axis=0) for some in (gone, ~gone))  # for some image, by unit
    if dropped.any() and not (dropped & kept).any():
        why = "the same units are dropped for all images. Each image draws its own"
    else:
        why = _fault(wild[lit] / calm[lit], arguments["rate"])
    if why:
        raise WrongAnswer(f"{spell(answer, arguments)}: {why}")


def _last(units, read, classes):
    """Return kernel and bias of the last layer, known by their shapes."""
    kernels = [arrays[0] for role, arrays in units if role == "kernel"]
    vectors = [arrays[0] for role, arrays in units if role == "vector"]
    kernel = next(each for each in kernels if each.size == read * classes)
    bias = next(each for each in vectors if each.size == classes)
    return kernel.reshape(read, classes).astype("float64"), bias


def _fault(factors, rate) -> str:
    """Say what is wrong with the factors of hidden values in training; empty if nothing is."""
    gone = np.abs(factors) < CLOSE
    kept = factors[~gone]
    share = gone.mean()
    if not gone.any() and np.abs(kept - 1).max(initial=0) < CLOSE:
        return (
            "in training nothing is dropped. A dropout of `rate` stands between the hidden layer "
            "and the last one; in inference nobody sees that it is missing"
        )
    if not len(kept) or np.ptp(kept) > CLOSE * np.abs(kept).max():
        return (
            "in training other values than those of the hidden layer are dropped. The dropout "
            "stands behind the hidden layer and its ReLU, in front of the last layer"
        )
    if abs(share - rate) < FAR and abs(kept.mean() * (1 - rate) - 1) < CLOSE:
        return ""
    if abs(share - (1 - rate)) < FAR and abs(kept.mean() * rate - 1) < CLOSE:
        return "`rate` of the values is kept there. It is the share that is dropped"
    if abs(share - rate) < FAR:
        return (
            f"the kept values are multiplied by {kept.mean():.3g}. Keras divides them by the share "
            "that is kept, so that their mean stays as it is in inference"
        )
    return f"about {share:.0%} of the hidden values are dropped; `rate` says {rate:.0%}"
