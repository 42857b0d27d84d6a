"""Live labs: one cell each, alive on the book's static page and in a notebook with a kernel.

`from course_lib import widgets as labs`, and in a cell of its own `labs.conv(size=32)`.
"""

from course_lib.widgets.conv import conv
from course_lib.widgets.stage import stage

__all__ = ["conv", "stage"]
