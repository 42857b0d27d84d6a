"""Checks of the exercises on Network in Network: one function a question, and the hints."""

from course_lib.checks.nin_blocks import nin_block
from course_lib.checks.nin_dense import dense_to_conv
from course_lib.checks.nin_diagnosis import diagnosis
from course_lib.checks.nin_maps import class_activation_map
from course_lib.checks.nin_matmul import conv1x1_as_matmul
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "class_activation_map",
    "conv1x1_as_matmul",
    "dense_to_conv",
    "diagnosis",
    "hint",
    "nin_block",
    "progress",
]

hint = Hints(
    {
        "conv1x1_as_matmul": (
            "Which numbers does one output pixel depend on, and in which axis of x do they lie?",
            "A pile of maps, pierced by a needle at one pixel. What is on the needle is a row of a "
            "table with one row for each pixel. Every row meets the same matrix. Then the table is "
            "cut up again, and its columns become maps.",
            "behind = np.transpose(x, (0, 2, 3, 1))",
        ),
        "dense_to_conv": (
            "Which weight of the first unit meets the value in row 1, column 0 of map 2?",
            "One unit's weights, a long strip of paper. Fold the strip up in the order in which "
            "the map was rolled out, and it becomes a block as large as the map. Lay the block on "
            "a larger map wherever it fits. The layers behind it read one place at a time.",
            "one_unit = weights[0][0]",
        ),
        "nin_block": (
            "How many numbers should be left of one class map, and which of them add up to 1?",
            "A committee of pixels. Each pixel gives marks to all classes. The marks of a class "
            "are averaged over the committee, and a softmax turns marks into shares that add up "
            "to 1. Which comes first, the shares or the average, is in the task.",
            'one_by_one = layers.Conv2D(filters=hidden, kernel_size=1, activation="relu")',
        ),
        "class_activation_map": (
            "If the mean over the pixels and the dense layer changed places, would the scores "
            "change?",
            "Every pixel casts a weighted vote for each class, and the score of a class is the "
            "mean of its votes. Lay the sheet of votes for the label over the sheet for its "
            "strongest rival, and read off the difference at each pixel.",
            "means = np.mean(features, axis=(1, 2))",
        ),
        "diagnosis": (
            "After each step of a piece, what does each axis count: images, rows, columns, "
            "channels or classes?",
            "Walk along the piece with a label for each axis in your hand. A mean makes an axis "
            "disappear, a softmax makes the numbers along one axis add up to 1, a reshape must "
            "not put the label of one axis on another. Where does a label no longer fit?",
            "show = lambda piece, side, c, *more: piece(ops.ones((2, side, side, c)), *more).shape",
        ),
    }
)

progress = Progress(__name__, globals())
