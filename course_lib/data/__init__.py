"""Images to learn from: loaders with fixed splits, and changes of size."""

from course_lib.data.load import Dataset, Split, fashion_mnist
from course_lib.data.resize import pad_to, shrink

__all__ = ["Dataset", "Split", "fashion_mnist", "pad_to", "shrink"]
