"""Live labs: one cell each, alive on the book's static page and in a notebook with a kernel.

`from course_lib import widgets as labs`, and in a cell of its own `labs.conv(size=32)`.
"""

from course_lib.widgets.conv import conv
from course_lib.widgets.digit import digit
from course_lib.widgets.expansion import expansion
from course_lib.widgets.gallery import gallery
from course_lib.widgets.gates import gates
from course_lib.widgets.kinds import kinds
from course_lib.widgets.module import module
from course_lib.widgets.norm import norm
from course_lib.widgets.paths import paths
from course_lib.widgets.pixel import pixel
from course_lib.widgets.ratio import ratio
from course_lib.widgets.scaling import scaling
from course_lib.widgets.smoothing import smoothing
from course_lib.widgets.stack import stack
from course_lib.widgets.stage import stage
from course_lib.widgets.walk import walk
from course_lib.widgets.zoo import zoo

__all__ = [
    "conv",
    "digit",
    "expansion",
    "gallery",
    "gates",
    "kinds",
    "module",
    "norm",
    "paths",
    "pixel",
    "ratio",
    "scaling",
    "smoothing",
    "stack",
    "stage",
    "walk",
    "zoo",
]
