"""Residual nets with a gate in each block, in NumPy, from the formulas of their paper."""

import numpy as np

from tests.nets.by_hand import Residual


class Gated(Residual):
    """Hu et al. 2018 (arXiv 1709.01507): equations 2 to 4, figure 3, and 6.5 for other places.

    Args:
        model: gives the weights.
        counts: blocks of each stage.
        ratio: r, by which the first dense layer of a gate narrows; 16 in section 4.
        placement: what the gate multiplies: F(x) ("standard"), what F reads ("pre"), what the
            block returns ("post"), or the shortcut ("identity").
        biases: how many biases a dense layer has, 1 or 0 arrays of them.
    """

    def __init__(self, model, counts, *, ratio=16, placement="standard", biases=1):
        super().__init__(model, counts)
        self.ratio, self.placement, self.biases = ratio, placement, biases

    def dense(self, z, name, units):
        kernel, *biases = self.weights(name)
        if kernel.shape[1] != units or len(biases) != self.biases:
            raise ValueError(f"{name} has {kernel.shape[1]} units and {len(biases)} biases")
        return z @ kernel + sum(biases)

    def gated(self, x, name):
        channels = x.shape[2]
        z = x.mean(axis=(0, 1))
        z = np.maximum(self.dense(z, f"{name}_gate_reduce", channels // self.ratio), 0)
        z = self.dense(z, f"{name}_gate_expand", channels)
        return x * (1 + np.tanh(z / 2)) / 2  # the sigmoid of z, without an overflow

    def block(self, branch, x, stride, name):
        def gate_at(place, y):
            return self.gated(y, name) if place == self.placement else y

        y = gate_at("standard", branch(gate_at("pre", x), stride, name))
        skip = gate_at("identity", self.shortcut(x, y.shape[2], stride, name))
        return gate_at("post", np.maximum(y + skip, 0))
