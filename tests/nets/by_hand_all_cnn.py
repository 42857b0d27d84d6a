"""All-CNN-C and what it is compared with, in NumPy, from the tables of their paper."""

import numpy as np

from tests.nets.by_hand import ByHand
from tests.nets.loops import pool

# Springenberg et al. 2015, table 2 by column, from the second row on: channels over stride, then
# what pools
COLUMNS = {
    "model_c": ["96", "96", "pool", "192", "192", "pool"],
    "strided_cnn": ["96", "96/2", "192", "192/2"],
    "conv_pool_cnn": ["96", "96", "96", "pool", "192", "192", "192", "pool"],
    "all_cnn": ["96", "96", "96/2", "192", "192", "192/2"],
}


class AllCnn(ByHand):
    """A column of table 2, then the end of table 1.

    The paper does not say on which side of a map the zeros of a stride lie: `padding` does.

    Args:
        model: gives the weights.
        column: one of `COLUMNS`.
        padding: as in `ByHand`.
    """

    def __init__(self, model, column, *, padding="symmetric"):
        super().__init__(model, padding=padding)
        self.column = column

    def rectified(self, x, name, stride=1, *, pad=True):
        return np.maximum(self.filtered(x, f"{name}_conv", stride, pad=pad), 0)

    def logits(self, image):
        x, stage, block = image, 1, 0
        for row in COLUMNS[self.column]:
            halves = row == "pool" or row.endswith("/2")
            block += 1
            if row == "pool":
                x = pool(x, 3, 2)
            else:
                x = self.rectified(x, f"stage{stage}_block{block}", 2 if halves else 1)
            if halves:
                stage, block = stage + 1, 0
        x = self.rectified(x, "stage3_block1", pad=False)
        x = self.rectified(x, "stage3_block2")
        return self.rectified(x, "head").mean(axis=(0, 1))
