"""Faults that a net of other people shows, by way of a right copy that was found equal to it.

Each of our nets in `twins` and `onnx_models` computes what a net of others computes: their tests
compare the two.  So where a faulty copy, built with the same arguments, is far from the right one,
it is as far from that net.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

import keras

from course_lib.nets import without_values
from tests.nets import onnx_models, twins
from tests.nets.broken import Copy, reaches
from tests.nets.compare import images, part_outputs, randomize
from tests.nets.faults import BUILD
from tests.nets.judges import FAR, REFUSED, of_copy, whole


class Judge(NamedTuple):
    """What the tests do that compare our nets with those of others.

    Attributes:
        name: of the others.
        shapes: gives what is compared of a net without running it.
        prepare: gives a net random weights.
        run: gives what a net computes, by the names of layers.
        seen: gives the part of the map of a layer that is compared.
    """

    name: str
    shapes: Callable
    prepare: Callable
    run: Callable
    seen: Callable


class Case(NamedTuple):
    """One of our nets: its judge, its builder with the arguments, whether numbers are compared."""

    judge: Judge
    build: partial
    numbers: bool = True

    @property
    def file(self):
        """The file of the builder."""
        return f"nets/{self.build.func.__module__.rpartition('.')[2]}.py"


def run_parts(model):
    """Return the ends of stages and the logits."""
    parts = part_outputs(model)
    found = keras.Model(model.input, [*parts.values()])(images(model, count=1))
    return {
        name: keras.ops.convert_to_numpy(y)
        for name, y in zip(parts, keras.tree.flatten(found), strict=True)
    }


KERAS = Judge(
    "a copy equal to the keras.applications twin",
    shapes=twins.layers_with_weights,
    prepare=partial(randomize, smallest_variance=0.02),
    run=run_parts,
    seen=lambda _, __, y: y,
)
ONNX = Judge(
    "a copy equal to the onnx file",
    shapes=onnx_models.shapes,
    prepare=onnx_models.prepare,
    run=lambda model: onnx_models.maps(model, images(model, count=1)),
    seen=onnx_models.seen,
)
CASES = (
    *(Case(KERAS, build) for build in twins.NUMBERS.values()),
    *(Case(ONNX, build) for build in onnx_models.CASES.values()),
    *(Case(KERAS, build, numbers=False) for build in twins.LAYERS),
)


def shown_by(fault):
    """Return whose net shows a fault; `None` where none does."""
    nets = Copy(fault, whole())
    asked = asked_for(fault.net)
    for case in CASES:
        if case.file in asked and reaches(case.file, fault.file) and is_far(nets, case):
            return case.judge.name
    return None


@lru_cache
def asked_for(net):
    """Return the files of the builders that make the short net of a fault."""
    nets = Copy()
    BUILD[net](nets)
    return nets.asked


def is_far(nets, case):
    """Tell whether a net of a copy is far from the right one."""
    build, judge = of_copy(nets, case.build), case.judge
    try:
        with without_values():
            if judge.shapes(build()) != right_shapes(case):
                return True
        if not case.numbers:
            return False
        model, wanted = right(case)
        wrong = build()
        whole().transplant.transplant(model, wrong)
    except (*REFUSED, TypeError):  # the last where a changed line fits another net only
        return True
    return differ(wanted, judge.run(wrong), partial(judge.seen, model))


@lru_cache
def right_shapes(case):
    return case.judge.shapes(of_copy(whole(), case.build)())


@lru_cache
def right(case):
    """Return the net of a case with random weights, and what it computes."""
    model = of_copy(whole(), case.build)()
    case.judge.prepare(model)
    return model, case.judge.run(model)


def differ(wanted, got, seen):
    """Tell whether two nets are far apart in what is compared.

    Where they are in the rest of a map alone, nothing behind it can be judged.
    """
    if got.keys() != wanted.keys():
        return True
    for name, whole_map in wanted.items():
        compared = seen(name, whole_map)
        if far(got[name][tuple(map(slice, compared.shape))], compared):
            return True
        if far(got[name], whole_map):
            return False
    return False


def far(got, wanted):
    return got.shape != wanted.shape or onnx_models.distance(got, wanted) >= FAR
