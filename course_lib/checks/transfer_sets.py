"""Check of the question that makes two sets of the features of views, with nothing leaking.

The reference takes the name of a fault, so that one function gives the right sets and those of
each misunderstanding.
"""

import keras
import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.transfer_probes import sets
from course_lib.checks.verdict import WrongAnswer, fresh_cases, observe, passed

NAMES = ("train_features", "train_labels", "val_features", "val_labels")
CLOSE = 1e-4  # in standard deviations
# (pictures, views, held out)
CASES = ((7, 3, 3), (9, 2, 1), (5, 1, 2), (6, 4, 4))
FAULTS = {
    "leak": "changed copies of held-out pictures are among the training rows. The head learns the "
    "very pictures it is then asked about: a picture's copies go where the picture goes",
    "all views": "changed copies of held-out pictures are among the validation rows. Keep "
    "view 0 alone there: the net will be used on unaltered pictures",
    "one view": "the changed copies of the training pictures are missing: all their views train",
    "swapped": "the held-out pictures are in training, and the others in validation",
    "all rows": "mean and standard deviation are those of all rows, so the validation pictures "
    "have a say in how the training set is scaled. Take them from the training rows alone",
    "own": "the validation rows are scaled by their own mean and standard deviation. In use there "
    "is one picture and no set to take them from: scale with those of the training rows",
    "raw": "the features are not standardized: subtract the mean of each feature, divide by its "
    "standard deviation",
    "not divided": "the features are not divided by their standard deviation",
    "not centered": "the mean of each feature is not subtracted",
    "one scale": "one mean and one standard deviation are taken over all features; each feature "
    "(each column) has its own",
    "sample": "the standard deviation divides by n - 1; here it divides by n, as `np.std` does",
}


def feature_sets(answer) -> None:
    """Judge `feature_sets(features, labels, image, view, held_out)`."""
    rng = fresh_cases()
    for pictures, views, count in CASES:
        features, *others = _rows(pictures, views, count, rng)
        given = [array.copy() for array in (features, *others)]
        said = f"With {pictures} pictures in {views} views, {count} of them held out"
        with case("one view a picture" if views == 1 else "several views a picture"):
            found, after = observe(answer, sets, *given)
            if not np.array_equal(after[0], features):
                raise WrongAnswer(f"{said}: the features that were handed in are changed; make new")
            _compare(_arrays(found, said), features, others, said)
    passed("feature_sets", "No picture stands on both sides, and the scale is that of training.")


def reference(features, labels, image, view, held_out, *, fault=None):
    """Return the four arrays, or what a fault makes of them."""
    out = np.array([number in held_out for number in image])
    out = ~out if fault == "swapped" else out
    val = out if fault == "all views" else out & (view == 0)
    train = ~val if fault == "leak" else ~out
    train = train & (view == 0) if fault == "one view" else train
    scaled = features if fault == "all rows" else features[train]
    axis = None if fault == "one scale" else 0
    own = features[val] if fault == "own" else scaled
    sets = []
    for rows, source in ((features[train], scaled), (features[val], own)):
        mean = source.mean(axis)
        std = source.std(axis, ddof=int(fault == "sample"))
        mean = mean * (fault not in ("raw", "not centered"))
        std = np.where((std == 0) | (fault in ("raw", "not divided")), 1, std)
        sets.append((rows - mean) / std)
    return sets[0], labels[train], sets[1], labels[val]


def _rows(pictures, views, count, rng):
    """Return shuffled rows of features (N, 4), label, picture and view, and what is held out.

    The last feature is a unit that fires for one held-out picture and is constant in training.
    """
    image: np.ndarray = np.repeat(rng.permutation(90)[:pictures] + 10, views)
    view = np.tile(np.arange(views), pictures)
    features = rng.normal((3, -2, 0), (2, 1, 5), (len(image), 3)) + image[:, None] / 10
    held_out = rng.choice(np.unique(image), count, replace=False)
    features = np.c_[features, np.where(image == held_out[0], 5.0, 2.0)]
    order = rng.permutation(len(image))
    labels = rng.permutation(len(image)) % 4
    return features[order], labels, image[order], view[order], held_out


def _arrays(value, said):
    if not isinstance(value, tuple | list) or len(value) != 4:
        raise WrongAnswer(f"{said} it returned {type(value).__name__}; expected {', '.join(NAMES)}")
    try:
        return [np.asarray(keras.ops.convert_to_numpy(one), "float64") for one in value]
    except (TypeError, ValueError) as error:
        raise WrongAnswer(f"{said}: not four arrays of numbers: {error}") from error


def _compare(found, features, others: list, said):
    right = reference(features, *others)
    if _same(found, right):
        return
    for fault, text in FAULTS.items():
        wrong = reference(features, *others, fault=fault)
        if not _same(right, wrong) and _same(found, wrong):
            raise WrongAnswer(f"{said}: {text}")
    for name, one, wanted in zip(NAMES, found, right, strict=True):
        if one.shape != wanted.shape:
            raise WrongAnswer(f"{said}: {name} has shape {one.shape}; expected {wanted.shape}")
        if not np.isfinite(one).all():
            raise WrongAnswer(
                f"{said}: {name} has values that are not finite. A feature that is the same on "
                "all training rows has no spread to divide by; divide it by 1"
            )
        if "features" in name and _differ_without_spread(one, wanted, right[0]):
            raise WrongAnswer(
                f"{said}: {name} is right but for a feature that is the same on all training "
                "rows. Its spread is 0: divide by 1 there. A small number such as 1e-8 in its "
                "place makes a huge value of the first picture that is not like those"
            )
        if not np.allclose(one, wanted, rtol=0, atol=CLOSE):
            rows = "rows keep the order in which they came" if "labels" in name else "see its scale"
            raise WrongAnswer(f"{said}: {name} has other values; {rows}, and labels follow rows")


def _differ_without_spread(found, wanted, train) -> bool:
    """Tell whether only features differ that are the same on all training rows."""
    close = np.isclose(found, wanted, rtol=0, atol=CLOSE).all(0)
    return not close.all() and bool(close[np.ptp(train, axis=0) > 0].all())


def _same(one, other) -> bool:
    return all(
        a.shape == b.shape and np.allclose(a, b, rtol=0, atol=CLOSE)
        for a, b in zip(one, other, strict=True)
    )
