"""Count multiply-adds in what the backend makes of a net, not in its layers.

TensorFlow's graph and JAX's jaxpr know convolutions and matrix products only, and PyTorch counts
by itself; nothing here looks at a Keras layer, so a rule that is wrong about a layer disagrees.
"""

from math import prod

import keras


def macs(model: keras.Model) -> int:
    """Return the multiply-adds for one image, from the traced computation.

    The weights need no values: only shapes are traced.
    """
    count = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[keras.backend.backend()]
    return count(model)


def _run(model):
    def run(trainable, fixed, images):
        return model.stateless_call(trainable, fixed, images, training=False)[0]

    return run


def _arguments(model, spec):
    groups = (model.trainable_variables, model.non_trainable_variables)
    weights = [[spec(v.shape, v.dtype) for v in group] for group in groups]
    return [*weights, spec((1, *model.input_shape[1:]), "float32")]


def _tensorflow(model):
    import tensorflow as tf

    arguments = _arguments(model, tf.TensorSpec)
    graph = tf.function(_run(model)).get_concrete_function(*arguments).graph
    convolutions = ("Conv2D", "DepthwiseConv2dNative")
    total = 0
    for op in graph.get_operations():
        if op.type in convolutions:
            total += prod(op.outputs[0].shape[1:3]) * prod(op.inputs[1].shape)
        elif op.type == "MatMul":
            total += prod(op.inputs[1].shape)
    return total


def _jax(model):
    import jax

    return _in_jaxpr(jax.make_jaxpr(_run(model))(*_arguments(model, jax.ShapeDtypeStruct)).jaxpr)


def _torch(model):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    def spec(shape, dtype):
        return torch.empty(tuple(shape), dtype=getattr(torch, dtype), device="meta")

    with keras.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
        _run(model)(*_arguments(model, spec))
    return counter.get_total_flops() // 2  # a multiplication and an addition


def _in_jaxpr(jaxpr):
    total = 0
    for equation in jaxpr.eqns:
        if equation.primitive.name == "conv_general_dilated":
            out, kernel = equation.outvars[0].aval.shape, equation.invars[1].aval.shape
            total += prod(out[1:3]) * prod(kernel)  # Keras keeps channels last
        elif equation.primitive.name == "dot_general":
            total += prod(equation.invars[1].aval.shape)
        for inner in equation.params.values():
            if hasattr(inner, "jaxpr"):
                total += _in_jaxpr(inner.jaxpr)
    return total
