"""Checks of the exercises on case studies: one function a question, and the hints."""

from course_lib.checks.case_studies_compare import cheaper_net
from course_lib.checks.case_studies_counts import macs_of_conv, weights_of_conv
from course_lib.checks.case_studies_diagnosis import diagnosis
from course_lib.checks.case_studies_memory import memory_of_activations
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "cheaper_net",
    "diagnosis",
    "hint",
    "macs_of_conv",
    "memory_of_activations",
    "progress",
    "weights_of_conv",
]

hint = Hints(
    {
        "weights_of_conv": (
            "How many numbers does one filter need to make one number of its map?",
            "A filter is a small pile of grids, one for each map that it may read, and one dial "
            "beside the pile. Pull the holes of a grid apart: there are as many holes as before.",
            "holes = kernel[0] * kernel[1]",
        ),
        "macs_of_conv": (
            "At how many places of the map does the kernel come to lie as a whole?",
            "Stamp the map with a rubber stamp that has holes in it. Count the stamps down, count "
            "them across, and ask how many holes touch ink each time, on every map, for every "
            "filter.",
            "wide = dilation * (kernel[1] - 1) + 1",
        ),
        "memory_of_activations": (
            "Which maps does somebody still need while layer two works?",
            "A workbench. A map stays on it until its last reader is done. Take a photograph of "
            "the bench at each layer and look for the fullest; the end of the block needs one, "
            "too.",
            "pixels = shape[0] * shape[1]",
        ),
        "cheaper_net": (
            "What does each layer add to each of the three counts?",
            "Three meters run while an image goes through the net. One counts what is stored in "
            "the layers, one counts the work, and one keeps only its highest reading.",
            "values_read = image[0] * image[1] * image[2]",
        ),
        "diagnosis": (
            "Which columns differ between the two rows of a claim, besides the one it speaks of?",
            "Lay a ruler under each of the two rows and read across. Where the rulers show "
            "different words, ask whether they could have made the difference alone.",
            "[row for row in table.rows if row[0] in ('Ash', 'Birch')]",
        ),
    }
)

progress = Progress(__name__, globals())
