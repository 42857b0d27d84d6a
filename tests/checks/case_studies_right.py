"""Right answers to the questions of the case studies, each built in another way."""

import math
from itertools import pairwise

import numpy as np

from course_lib.checks.case_studies_diagnosis import FAULTS, REMEDIES

# weights_of_conv


def weights_filter_by_filter(kernel, channels, filters, groups, dilation, biases):
    one = np.ones((*kernel, channels // groups))
    return sum(one.size + (1 if biases else 0) for _ in range(filters))


def weights_group_by_group(kernel, channels, filters, groups, dilation, biases):
    """Count runs of maps, each with its own filters; a float is as good."""
    total = 0.0
    for own in np.array_split(np.arange(filters), groups):
        total += len(own) * math.prod(kernel) * (channels / groups)
    return total + filters * biases


# macs_of_conv


def macs_by_walking(size, kernel, channels, filters, stride, dilation, padding):
    """Lay the kernel down until it hangs over the end."""
    lies = []
    for pixels, side in zip(size, kernel, strict=True):
        reach = 1 if padding == "same" else 1 + dilation * (side - 1)
        at, count = 0, 0
        while at + reach <= pixels:
            at, count = at + stride, count + 1
        lies.append(count)
    return math.prod((*lies, *kernel, channels, filters))


def macs_by_formula(size, kernel, channels, filters, stride, dilation, padding):
    wide = [dilation * (side - 1) + 1 for side in kernel]
    if padding == "same":
        out = [math.ceil(pixels / stride) for pixels in size]
    else:
        out = [(n - reach) // stride + 1 for n, reach in zip(size, wide, strict=True)]
    weights = np.zeros((*kernel, channels, filters)).size
    return np.int64(out[0] * out[1] * weights)


# memory_of_activations


def largest(shape, bytes_each, moments):
    return max(sum(maps) for maps in moments) * shape[0] * shape[1] * bytes_each


def sum_as_lists(shape, filters, bytes_each):
    """Write down the maps of each moment."""
    depth = [shape[2], *filters]
    moments = [depth[:2], *([shape[2], a, b] for a, b in pairwise(filters))]
    return largest(shape, bytes_each, moments)


def sum_as_bench(shape, filters, bytes_each):
    """Keep a set of maps, and let each go with its last reader."""
    there, most = {"block": shape[2]}, 0
    read = "block"
    for i, channels in enumerate(filters):
        there[i] = channels
        most = max(most, sum(there.values()))
        if read != "block":
            del there[read]
        read = i
    return float(most * shape[0] * shape[1] * bytes_each)


def join_as_lists(shape, filters, bytes_each):
    end = [shape[2], filters[-1], shape[2] + filters[-1]]
    joined = largest(shape, bytes_each, [end])
    return max(sum_as_lists(shape, filters, bytes_each), joined)


def join_by_arrays(shape, filters, bytes_each):
    """Add up columns: what waits, what is read, what is written."""
    depth = np.array([shape[2], *filters])
    first = depth[0] + depth[1]
    later = depth[0] + depth[1:-1] + depth[2:]
    end = 2 * (depth[0] + depth[-1])
    return max([first, end, *later]) * shape[0] * shape[1] * bytes_each


def project_as_lists(shape, filters, bytes_each):
    """The projection's map and what the last layer gave are there beside the input."""
    end = largest(shape, bytes_each, [[shape[2], filters[-1], filters[-1]]])
    return max(sum_as_bench(shape, filters, bytes_each), end)


def project_by_arrays(shape, filters, bytes_each):
    """Follow layers that read, write and let the input wait; the projection is the last."""
    reads = np.array([shape[2], *filters])
    writes = np.array([*filters, filters[-1]])
    waits = np.full(len(writes), shape[2])
    waits[0] = 0
    return int((reads + writes + waits).max() * np.prod(shape[:2]) * bytes_each)


# cheaper_net


def by_totals(image, first, second):
    """Count each net with arrays of its layers."""
    words = {}
    ours, theirs = (_needs(image, net) for net in (first, second))
    for key in ("weights", "macs", "memory"):
        if ours[key] == theirs[key]:
            words[key] = "same"
        else:
            words[key] = "first" if ours[key] < theirs[key] else "second"
    return words


def _needs(image, layers):
    shapes, weights, macs = [image], 0, 0
    for kind, *sizes in layers:
        rows, columns, channels = shapes[-1]
        if kind == "conv":
            kernel = np.ones((sizes[0], sizes[0], channels, sizes[1]))
            shapes.append((math.ceil(rows / sizes[2]), math.ceil(columns / sizes[2]), sizes[1]))
        else:
            kernel = np.ones((rows * columns * channels, sizes[0]))
            shapes.append((1, 1, sizes[0]))
        weights += kernel.size + kernel.shape[-1]
        macs += kernel.size * shapes[-1][0] * shapes[-1][1]
    values = [math.prod(shape) for shape in shapes]
    pairs = pairwise(values)
    return {"weights": weights, "macs": macs, "memory": max(a + b for a, b in pairs)}


def by_walking(image, first, second):
    """Follow one net, then the other, and compare what is left."""
    found = {"weights": [], "macs": [], "memory": []}
    for net in (first, second):
        size, depth, stored, work, highest = image[:2], image[2], 0, 0, 0
        for layer in net:
            before = size[0] * size[1] * depth
            if layer[0] == "dense":
                stored += before * layer[1] + layer[1]
                work += before * layer[1]
                size, depth = (1, 1), layer[1]
            else:
                area, depth_in, depth = layer[1] ** 2, depth, layer[2]
                size = tuple(len(range(0, side, layer[3])) for side in size)
                stored += depth * (area * depth_in + 1)
                work += size[0] * size[1] * depth * area * depth_in
            highest = max(highest, before + size[0] * size[1] * depth)
        for key, number in zip(found, (stored, work, highest), strict=True):
            found[key].append(number)
    order = {-1: "first", 0: "same", 1: "second"}
    return {key: order[int(np.sign(one - other))] for key, (one, other) in found.items()}


# diagnosis

TABLE = {
    "a": ("tests differ", "test both alike"),
    "b": ("units differ", "nothing more"),
    "c": ("images differ", "train both alike"),
    "d": ("no time was measured", "time both"),
    "e": ("nothing", "nothing more"),
    "f": ("two things changed", "train both alike"),
}
OPTIONS = (FAULTS, REMEDIES)


def as_tuple(claim):
    return TABLE[claim]


def as_list(claim):
    return list(TABLE[claim])


RIGHT = {
    "weights_of_conv": [weights_filter_by_filter, weights_group_by_group],
    "macs_of_conv": [macs_by_walking, macs_by_formula],
    "memory_of_activations": [sum_as_lists, sum_as_bench],
    "cheaper_net": [by_totals, by_walking],
    "diagnosis": [as_tuple, as_list],
}
OF_VARIANT = {
    ("memory_of_activations", "join"): (join_as_lists, join_by_arrays),
    ("memory_of_activations", "project"): (project_as_lists, project_by_arrays),
}
