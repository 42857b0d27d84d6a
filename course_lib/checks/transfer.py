"""Checks of the exercises on transfer learning: one function a question, and the hints."""

from course_lib.checks.transfer_cache import cached_features
from course_lib.checks.transfer_diagnosis import diagnosis
from course_lib.checks.transfer_freeze import freeze_blocks
from course_lib.checks.transfer_head import replace_head
from course_lib.checks.transfer_plan import first_plan
from course_lib.checks.transfer_sets import feature_sets
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "cached_features",
    "diagnosis",
    "feature_sets",
    "first_plan",
    "freeze_blocks",
    "hint",
    "progress",
    "replace_head",
]

hint = Hints(
    {
        "freeze_blocks": (
            "What does a batch normalization do in `fit` if only its scale and offset are frozen?",
            "Two rounds with a switchboard. In the first, one big switch a block: off for the "
            "first ones, on for the rest. In the second, open every box, and the boxes inside it, "
            "and switch the normalizations off wherever they are. Only then read the meter.",
            "inside = list(getattr(block, 'layers', []))",
        ),
        "cached_features": (
            "Which two things decide the features of one picture, and which of them does a "
            "picture's place in the array belong to?",
            "A cloakroom. The ticket of each coat says who brought it and in which season; the "
            "same guest in the same season gets the coat that hangs there. Coats go to the "
            "tailor a few at a time, and each few are hung up before the next leave.",
            "state = b''.join(ops.convert_to_numpy(w).tobytes() for w in body.weights)",
        ),
        "feature_sets": (
            "What will be known of a picture on the day the net is used, and what will not?",
            "Put every picture with all its copies into one envelope. Hand each envelope to one "
            "of two tables. On the validation table, keep the original and throw the copies away. "
            "The ruler for both tables is cut at the training table.",
            "out = np.isin(image, list(held_out))",
        ),
        "replace_head": (
            "Which layers behave otherwise in `fit` than afterwards, and which of them does "
            "freezing alone not stop?",
            "Find the named layer in the old net. Put all that you keep of it in a glass case, "
            "where it always works as if the training were over. On top: one mean, what else the "
            "task asks of the features, one layer of switches, and one softmax or none.",
            "stump = keras.Model(net.input, net.get_layer(layer).output)",
        ),
        "first_plan": (
            "Which part of the body runs once, and which in every epoch, and how often is three?",
            "Four rungs of a ladder, from cheap to dear. The table says on which rung to start; "
            "the purse says how far to climb down from there.",
            "front, back = macs; ladder = ['features', 'tail', 'all', 'scratch']",
        ),
        "diagnosis": (
            "Which two columns of the log should move together, and in which run do they not?",
            "Lay the five logs side by side. Put a finger on the last training loss, on the first "
            "validation accuracy, on the last column, and on the line below the table; then read "
            "what its author says above it.",
            "best_loss = -np.log(np.e / (np.e + 4))  # softmax of a one and four zeros",
        ),
    }
)

progress = Progress(__name__, globals())
