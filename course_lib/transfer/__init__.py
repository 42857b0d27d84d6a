"""Transfer: take a trained body, put a head on it, train as much as the images are worth.

`choose_strategy` says where to begin, `precompute` runs a frozen body once, `freeze` and
`fine_tune` train a part of it.  All work with the nets of `course_lib.nets` and with those of
`keras.applications`.
"""

from course_lib.transfer.batch_norm import batch_norms, warn_of_batch_norm
from course_lib.transfer.cut import clean_cuts, cut
from course_lib.transfer.fine_tune import FineTuned, Phase, fine_tune
from course_lib.transfer.freeze import FreezeReport, freeze
from course_lib.transfer.head import new_head
from course_lib.transfer.precompute import precompute
from course_lib.transfer.strategy import Strategy, choose_strategy

__all__ = [
    "FineTuned",
    "FreezeReport",
    "Phase",
    "Strategy",
    "batch_norms",
    "choose_strategy",
    "clean_cuts",
    "cut",
    "fine_tune",
    "freeze",
    "new_head",
    "precompute",
    "warn_of_batch_norm",
]
