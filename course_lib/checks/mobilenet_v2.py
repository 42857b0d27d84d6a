"""Checks of the exercises on inverted residuals: one function a question, and the hints."""

from course_lib.checks.mobilenet_v2_block import inverted_residual
from course_lib.checks.mobilenet_v2_diagnosis import diagnosis
from course_lib.checks.mobilenet_v2_memory import peak_memory
from course_lib.checks.mobilenet_v2_recovery import recover
from course_lib.checks.mobilenet_v2_rounding import round_channels
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "diagnosis",
    "hint",
    "inverted_residual",
    "peak_memory",
    "progress",
    "recover",
    "round_channels",
]

hint = Hints(
    {
        "round_channels": (
            "Between which two multiples do the channels lie, and how far is each?",
            "Mark the multiples on a ruler, and the channels between two of them. The nearer mark "
            "wins; in the very middle, the left one. Then a guard looks at what the winner leaves, "
            "and sends you one mark to the right if that is too little. At the left end of the "
            "ruler there is no mark at 0.",
            "steps = channels / divisor",
        ),
        "peak_memory": (
            "Which maps are there at the moment when a depthwise convolution runs?",
            "Two narrow boxes stand on the table all day: x, and the sums. Beside them comes a "
            "group's wide box, and is copied, channel by channel, into a second one, perhaps with "
            "fewer pixels. Both are cleared away before the next group comes. Look at the fullest "
            "moment. Without an expansion, the first wide box never comes.",
            "sides = [-(-side // stride) for side in size]",
        ),
        "recover": (
            "What do you know of a point from a channel that is open, and what from one that is "
            "shut?",
            "An open channel draws a line through the plane and says: the point is on it. Two "
            "lines cross in the point. A shut channel colours half of the plane and says: "
            "somewhere there. Use the lines alone. With one line, take its place nearest to 0.",
            "open_channels = (outputs > 0) & (outputs < cap)",
        ),
        "inverted_residual": (
            "Where is the map narrow, and what stands behind each of the convolutions there?",
            "Draw the block as a river: narrow, wide, narrow. Behind each step that ends in the "
            "wide part stands a weir with two edges, at 0 and at 6. In the narrow parts the water "
            "runs straight. A channel leads from the first narrow part to the last, but only if "
            "both have the same size in every direction.",
            "fits = (stride, channels) == (1, x.shape[-1])",
        ),
        "diagnosis": (
            "With which arguments would the piece do something else than the block of table 1?",
            "Take the rows of table 2 and walk them with the piece. Then walk again with all "
            "widths times 0.35, in multiples of 8. Stop at the first block, at each stride of 2, "
            "and where channels stay. What does the piece do there?",
            "show = lambda piece, *how: [(r.kind, r.params) for r in measure(piece, *how).layers]",
        ),
    }
)

progress = Progress(__name__, globals())
