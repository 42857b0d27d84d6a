"""Checks of the exercises on VGG: one function a question, and the hints."""

from course_lib.checks.verdict import Hints
from course_lib.checks.vgg_counts import equivalent_stack
from course_lib.checks.vgg_diagnosis import diagnosis
from course_lib.checks.vgg_fields import stack_receptive_field
from course_lib.checks.vgg_net import small_vgg
from course_lib.progress import Progress

__all__ = [
    "diagnosis",
    "equivalent_stack",
    "hint",
    "progress",
    "small_vgg",
    "stack_receptive_field",
]

hint = Hints(
    {
        "equivalent_stack": (
            "How many 3x3 layers does it take to see as far as the one layer, and what does each "
            "of them read and make?",
            "Pearls on a string: the maps. The two at the ends have a size that is given, all "
            "between them the same size m. A layer is the thread between two neighbours, and costs "
            "nine times the product of their sizes. Make m grow until the string costs more than "
            "the one thick rope.",
            "rope = (kernel * channels) * (kernel * channels)",
        ),
        "stack_receptive_field": (
            "Which rows of the map before the last layer does the unit read, the first and the "
            "last of them?",
            "Go down a staircase, from the unit to the image. On each step you stand on a stretch "
            "of rows. The layer below reads a window for each of them: the first row of the "
            "stretch says where the lowest window begins, the last row where the highest one ends. "
            "Zeros in front push the whole stretch towards the front.",
            "downwards = layers[::-1]",
        ),
        "small_vgg": (
            "What does a stage do as many times as it says, and what does it do once?",
            "A house with floors. On each floor the same three kinds of room in the same order: a "
            "row of rooms with windows of 3x3, one with a pinhole, and a staircase that leaves one "
            "of four. Only the number of rooms in the row and their width change from floor to "
            "floor.",
            'pinhole = lambda maps: layers.Conv2D(maps, (1, 1), activation="relu")',
        ),
        "diagnosis": (
            "Which of the pieces can be built, and how many weights does each of those have?",
            "Read a line of code as Keras does, from the innermost bracket outwards: what is made "
            "first, and what is called with what? Then lay the piece beside a column of table 1.",
            "count = lambda piece, *shape: piece(shape).count_params()",
        ),
    }
)

progress = Progress(__name__, globals())
