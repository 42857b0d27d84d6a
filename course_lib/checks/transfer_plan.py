"""Check of the question that chooses a first plan by images, likeness and multiply-adds.

Every call is made before anything is said, so that the fault is named that explains all answers.
"""

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, call, fresh_cases, passed, spell

PLANS = ("features", "tail", "all", "scratch")
ROWS = {  # likeness: plans for few, some and many images a class
    "close": ("features", "tail", "all"),
    "related": ("features", "tail", "all"),
    "distant": ("features", "all", "scratch"),
}
FEW, MANY = 20, 500
LONGER = 10  # times the epochs that fresh weights need
FAULTS = {
    "rich": "the budget has no say in it. A plan that costs more than the budget gives way to the "
    "next cheaper one",
    "one step": "it steps down once, and the plan it ends at may still be too dear: go on until "
    "one fits",
    "to features": "a plan that is too dear is replaced by 'features' at once; the next cheaper "
    "one may fit",
    "total": "the number of images decides, where the table asks for images *a class*",
    "class count": "many classes send it to a deeper plan. The number of classes sets the size of "
    "the head; what decides is how many images each of them has",
    "alike": "likeness has no say in it. Late features of a distant task do not fit",
    "inclusive": "exactly 20 images a class are 'some' (and exactly 500 'many')",
    "every epoch": "the frozen part is counted in every epoch. It gives the same features each "
    "time, so it runs once and they are stored",
    "forward": "a training step is counted as one pass forward; the way back costs two more",
    "back only": "a training step is counted as two passes. The way back costs two, and the way "
    "forward one more",
    "dearest": "the dearest plan that fits is taken, although the table asks for a cheaper one. "
    "The table says where to begin; a budget only takes away",
    "three fronts": "the frozen part is counted three times; nothing goes back through it",
    "one epoch": "the epochs are missing: what learns runs in each of them",
    "short": "fresh weights need ten times the epochs of a trained body",
    "strict": "a plan that costs exactly the budget fits",
    "back alone": "storing the features is not free: the frozen part runs once over all images",
}


def reference(arguments, fault=None):
    """Return the plan, or the one that a fault leads to, or None where nothing fits."""
    images, classes, likeness = (arguments[key] for key in ("images", "classes", "likeness"))
    each = images if fault == "total" else images / classes
    inclusive = fault == "inclusive"
    column = (each > FEW) + (each > MANY) if inclusive else (each >= FEW) + (each >= MANY)
    if fault == "class count" and classes > 100:
        column = 2
    wanted = ROWS["close" if fault == "alike" else likeness][column]
    budget = arguments["budget"] - (fault == "strict")  # whole numbers
    fits = {name: _cost(name, arguments, fault) <= budget for name in PLANS}
    if fault == "rich":
        return wanted
    if fault == "dearest":
        wanted = PLANS[-1]
    below = list(reversed(PLANS[: PLANS.index(wanted) + 1]))
    if fault == "one step":
        return wanted if fits[wanted] else below[:2][-1]
    if fault == "to features":
        below = [wanted, "features"]
    return next((name for name in below if fits[name]), None)


def _cost(plan, arguments, fault=None) -> int:
    """Return the multiply-adds of a plan, as it is or as a fault counts them."""
    front, back = arguments["macs"]
    passes = {"forward": 1, "back only": 2}.get(fault, 3)
    epochs = 1 if fault == "one epoch" else arguments["epochs"]
    once = arguments["epochs"] if fault == "every epoch" else 1
    once = 3 if fault == "three fronts" else once
    once = 0 if fault == "back alone" else once
    longer = 1 if fault == "short" else LONGER
    each = {
        "features": once * (front + back),
        "tail": once * front + passes * epochs * back,
        "all": passes * epochs * (front + back),
        "scratch": longer * passes * epochs * (front + back),
    }[plan]
    return arguments["images"] * each


def _cases(rng) -> list[dict]:
    """Return calls on both sides of every limit: of images a class, and of each plan's cost."""
    front, back = (int(n) for n in rng.permutation(np.arange(5, 40))[:2])
    epochs, found = int(rng.integers(3, 8)), []
    for likeness, classes in (("close", 4), ("related", 7), ("distant", 3), ("close", 1_200)):
        for images in (19, *(n * classes + m for n in (FEW, MANY) for m in (-1, 0))):
            case = {"images": images, "classes": classes, "likeness": likeness}
            case |= {"macs": (front, back), "epochs": epochs}
            costs = {_cost(plan, case, fault) for plan in PLANS for fault in (None, *FAULTS)}
            budgets = sorted({max(cost + n, 0) for cost in costs for n in (-1, 0)})
            found += [case | {"budget": budget} for budget in budgets]
    return found


def _bill(arguments) -> str:
    """Return what each plan costs, to be read beside the budget."""
    costs = ", ".join(f"{plan} {_cost(plan, arguments):,}" for plan in PLANS)
    each = arguments["images"] / arguments["classes"]
    return f"There are {each:g} images a class, and the plans cost: {costs}"


def first_plan(answer) -> None:
    """Judge `first_plan(images, classes, likeness, macs, epochs, budget)`."""
    found = []
    for arguments in _cases(fresh_cases()):
        value = call(answer, arguments)
        if not isinstance(value, str) or value not in (*PLANS, "none"):
            names = ", ".join(map(repr, (*PLANS, "none")))
            raise WrongAnswer(
                f"{spell(answer, arguments)} returned {value!r}; expected one of {names}"
            )
        found.append((arguments, value, reference(arguments) or "none"))
    for likeness in ROWS:
        with case(f"{likeness} tasks"):
            wrong = [one for one in found if one[1] != one[2] and one[0]["likeness"] == likeness]
            if wrong:
                _explain(answer, wrong[0], found)
    passed("first_plan", "Images a class, likeness and a budget that buys whole passes.")


def _explain(answer, wrong, found):
    """Raise `WrongAnswer` with the misunderstanding that gives all that was found."""
    arguments, value, right = wrong
    said = f"{spell(answer, arguments)} returned {value!r}."
    for fault, text in FAULTS.items():
        if all(value == (reference(one, fault) or "none") for one, value, _ in found):
            raise WrongAnswer(f"{said} In every case {text}")
    raise WrongAnswer(f"{said} Expected {right!r}. {_bill(arguments)}")
