"""Inception modules in words, to compare their structure with another implementation's."""

from keras import layers as kl

from course_lib.graph import producers


def described(model, ends="_out"):
    """Return for each layer whose name ends so what its branches do, in the order of joining.

    A branch reads "1x1 96, 3x3/2 128": a 1x1 convolution to 96 channels, then a 3x3 with stride 2
    to 128; "max" and "avg" are 3x3 poolings.
    """
    joins = (layer for layer in model.layers if layer.name.endswith(ends))
    return {layer.name: " | ".join(branches(layer)) for layer in joins}


def branches(join):
    """Describe what lies between a concatenation and the map that all its branches read."""
    assert isinstance(join, kl.Concatenate)
    paths = [path_to(layer) for layer in producers(join)]
    common = next(layer for layer in paths[0] if all(layer in path for path in paths))
    return [", ".join(map(words, path[: path.index(common)][::-1])) for path in paths]


def path_to(layer):
    """Return a layer and what is before it, up to the image, without what changes no shape."""
    path = []
    while True:
        if words(layer) or isinstance(layer, kl.Concatenate | kl.InputLayer):
            path.append(layer)
        if isinstance(layer, kl.InputLayer):
            return path
        layer = producers(layer)[0]


def words(layer):
    if isinstance(layer, kl.Conv2D):
        rows, cols = layer.kernel_size
        return f"{rows}x{cols}{stride(layer)} {layer.filters}"
    if isinstance(layer, kl.MaxPooling2D | kl.AveragePooling2D) and layer.pool_size == (3, 3):
        return f"{'max' if isinstance(layer, kl.MaxPooling2D) else 'avg'}{stride(layer)}"
    return ""


def stride(layer):
    return "" if layer.strides == (1, 1) else f"/{layer.strides[0]}"
