"""Where a net can be cut in two: only where a single tensor crosses.

Inside a residual block or an Inception module a second tensor passes the cut.  Layers there have
learned to work together, and splitting them costs accuracy: Yosinski, Clune, Bengio, Lipson, "How
transferable are features in deep neural networks?", NeurIPS 2014, section 4.1.
"""

import keras

from course_lib.graph import Step, steps
from course_lib.nets.pretrained import PretrainedNet

SUGGESTIONS = 3  # clean cuts that a message names on each side


def below(model: keras.Model, through: str | None = None) -> list[Step]:
    """Return the steps from the input through a layer or block, inclusive, in the net's order.

    Args:
        model: a net with a graph; nets inside it are opened.
        through: the name of a layer, such as "conv2_block3_out", or what the names of a block or
            stage begin with, such as "stage2_block1" or "stage2".  `None` takes everything in
            front of the head's first layer that has weights or draws at random; without a head
            everything.

    Raises:
        ValueError: a net without a graph, an unknown name, or a cut that more than one tensor
            crosses; the message names the nearest clean cuts.
    """
    order = steps(model)
    wanted = _body(order) if through is None else _named(order, model, through)
    if not wanted:
        raise ValueError(f"{model.name!r} has no feature map in front of its head; name a layer")
    found = _ancestors(wanted)
    crossing = _crossing(order, found)
    if len(crossing) > 1:
        last = max(order.index(step) for step in found)
        clean = [order.index(step) for step in _clean(order)]
        near = [i for i in clean if i < last][-SUGGESTIONS:]
        near += [i for i in clean if i > last][:SUGGESTIONS]
        raise ValueError(
            f"a cut after {through!r} lies inside a block: the outputs of "
            f"{', '.join(sorted(step.name for step in crossing))} cross it; "
            f"cut after one of {', '.join(order[i].name for i in near)}"
        )
    return [step for step in order if step in found]


def clean_cuts(model: keras.Model) -> list[str]:
    """Return the layers, inputs first, behind which one tensor alone carries on.

    Raises:
        ValueError: a net without a graph.
    """
    return [step.name for step in _clean(steps(model))]


def cut(model: keras.Model, through: str | None = None) -> tuple[keras.Model, keras.Model]:
    """Cut a net in two that share its weights: tail(body(x)) is model(x).

    What trains the tail trains the net.  The body's features can be computed once; see
    `precompute`.

    Args:
        model: a functional net with one input and one output, not a net inside another.
        through: the last layer or block of the body, as in `below`.  `None` leaves to the tail
            what a new head trains: pooling belongs to the body.

    Returns:
        (body, tail).

    Raises:
        ValueError: no clean cut there (see `below`), nothing behind it, a net inside the net, or
            several inputs or outputs.
    """
    last = below(model, through)[-1]
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"a net with one input and one output is needed, {model.name!r} has "
            f"{len(model.inputs)} and {len(model.outputs)}"
        )
    tensors = _tensors(model)
    if id(last.layer) not in tensors:
        raise ValueError(
            f"{last.name!r} lies in a net inside {model.name!r}; build the head with new_head, "
            "which keeps all layers in one net"
        )
    tensor = tensors[id(last.layer)]
    if tensor is model.outputs[0]:
        raise ValueError(
            f"nothing lies behind {last.name!r}; put a head on {model.name!r} with new_head, or "
            "name an earlier layer"
        )
    # A net with trained weights warns of images outside [0, 1]; its body shall, too
    kind = PretrainedNet if isinstance(model, PretrainedNet) else keras.Model
    body = kind(model.inputs[0], tensor, name=f"{model.name}_body")
    return body, keras.Model(tensor, model.outputs[0], name=f"{model.name}_tail")


def _tensors(model: keras.Model) -> dict[int, keras.KerasTensor]:
    """Return, by the id of a layer, what its last use in a net makes.

    Not `layer.output`, which fails once another net, such as a tail, uses the layer.
    """
    found: dict[int, keras.KerasTensor] = {}
    waiting = list(model.outputs)
    while waiting:  # breadth first, so the last use comes first
        tensor = waiting.pop(0)
        operation, node, _ = tensor._keras_history
        if id(operation) not in found:
            found[id(operation)] = tensor
            waiting += operation._inbound_nodes[node].input_tensors
    return found


def head_of(order: list[Step]) -> list[Step]:
    """Return the steps behind the last feature map, (H, W, C); gates inside a block are none."""
    leads_to_map: set[Step] = set()
    for step in reversed(order):
        if step in leads_to_map or any(len(shape) == 3 for shape in step.outputs):
            leads_to_map |= {step, *step.before}
    return [step for step in order if step not in leads_to_map]


def draws(layer) -> bool:
    """Say whether a layer draws random numbers, in training or always: dropout, augmentation."""
    return any(
        isinstance(getattr(layer, name, None), keras.random.SeedGenerator)
        for name in ("seed_generator", "generator")
    )


def _body(order: list[Step]) -> list[Step]:
    """Return the last steps in front of what a head trains; pooling is in front of it."""
    head = set(head_of(order))
    found = [step for step in order if step not in head]
    for step in order:
        plain = not getattr(step.layer, "weights", []) and not draws(step.layer)
        if found and step in head and plain and all(b in found for b in step.before):
            found.append(step)
    return found


def _named(order: list[Step], model: keras.Model, through: str) -> list[Step]:
    exact = [step for step in order if step.name == through]
    found = exact or [step for step in order if step.name.startswith(f"{through}_")]
    if not found:
        names = list(dict.fromkeys(step.name for step in _clean(order)))
        raise ValueError(
            f"no layer or block {through!r} in {model.name!r}; its clean cuts lie behind "
            f"{', '.join(names)}"
        )
    return found


def _ancestors(wanted: list[Step]) -> set[Step]:
    found: set[Step] = set()
    waiting = list(wanted)
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += step.before
    return found


def _crossing(order: list[Step], inside: set[Step]) -> set[Step]:
    """Return the steps inside whose outputs are read outside."""
    return {before for step in order if step not in inside for before in step.before} & inside


def _clean(order: list[Step]) -> list[Step]:
    """Return the steps behind which a single tensor crosses, in one pass over the net.

    In this order every step comes after what it reads, so a step is a clean cut if nothing that
    was made before it, and nothing else, is still to be read once it is done.
    """
    last_use = {id(before): i for i, step in enumerate(order) for before in step.before}
    found, open_until = [], 0
    for i, step in enumerate(order):
        is_input = isinstance(step.layer, keras.layers.InputLayer)
        if open_until <= i and id(step) in last_use and not is_input:
            found.append(step)
        open_until = max(open_until, last_use.get(id(step), 0))
    return found
