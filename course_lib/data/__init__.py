"""Images to learn from: data sets by name, folders of one's own, and checks before training."""

from course_lib.data.cache import cache_folder
from course_lib.data.catalog import DATASETS, load_dataset
from course_lib.data.digits import digits
from course_lib.data.fashion import fashion_mnist
from course_lib.data.folder import read_folder, read_splits
from course_lib.data.folder_check import check_folder
from course_lib.data.images import check_images
from course_lib.data.leakage import leakage
from course_lib.data.overview import examples, statistics
from course_lib.data.partition import group_rows, stratified_rows
from course_lib.data.photos import PHOTOS, central_square, photo
from course_lib.data.resize import pad_to, shrink
from course_lib.data.solar import solar_cells
from course_lib.data.split import Dataset, Split
from course_lib.data.textures import textures, write_textures

__all__ = [
    "DATASETS",
    "PHOTOS",
    "Dataset",
    "Split",
    "cache_folder",
    "central_square",
    "check_folder",
    "check_images",
    "digits",
    "examples",
    "fashion_mnist",
    "group_rows",
    "leakage",
    "load_dataset",
    "pad_to",
    "photo",
    "read_folder",
    "read_splits",
    "shrink",
    "solar_cells",
    "statistics",
    "stratified_rows",
    "textures",
    "write_textures",
]
