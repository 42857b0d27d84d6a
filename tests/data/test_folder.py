"""Good folders are read as Keras reads them; what Keras fails on late or in silence is named."""

import shutil

import keras
import numpy as np
import pytest
from PIL import Image

from course_lib.data import check_folder, read_folder, read_splits

DRAW = np.random.RandomState(0)


def _picture(height=20, width=24, channels=3):
    shape = (height, width, channels) if channels == 3 else (height, width)
    return Image.fromarray(DRAW.randint(0, 256, shape).astype("uint8"))


@pytest.fixture
def folder(tmp_path):
    """Two classes with three pictures each; endings in capitals and folders in folders count."""
    for name in ("cat", "ant"):
        (tmp_path / "set" / name / "more").mkdir(parents=True)
        for file in ("b.PNG", "a.png", "more/c.png"):
            _picture().save(tmp_path / "set" / name / file)
    return tmp_path / "set"


def test_a_report_says_what_is_there(folder):
    (folder / "cat" / "notes.txt").write_text("not read")
    (folder / "cat" / ".DS_Store").write_text("hidden")
    (folder / ".git").mkdir()
    (folder / "LICENSE").write_text("not read")
    (folder / ".hidden.png").write_text("hidden")
    report = check_folder(folder)
    assert report.class_names == ("ant", "cat")
    assert [len(files) for files in report.files] == [3, 3]
    assert report.sizes == {(20, 24): 6}
    assert report.ignored == (folder / "LICENSE", folder / "cat" / "notes.txt")
    assert len(report) == 6
    assert str(report).splitlines() == [
        f"{folder}: 6 images (ant 3, cat 3)",
        "sizes: 6 of 20x24",
        "ignored: LICENSE, cat/notes.txt",
    ]


def test_arrays_are_those_of_keras(folder):
    split = read_folder(folder)
    read = keras.utils.image_dataset_from_directory(
        folder, image_size=(20, 24), batch_size=None, shuffle=False, verbose=False
    )
    wanted = {np.asarray(image).tobytes(): int(label) for image, label in read}
    assert len(wanted) == len(split) == 6
    assert split.images.dtype == np.float32
    for image, label in zip(split.images, split.labels, strict=True):
        assert wanted[np.round(image * 255).tobytes()] == label


def test_grey_weighs_the_colors_as_television_does(folder):
    """ITU-R 601, which is within one of 255 of what is stored."""
    wanted = read_folder(folder).images @ np.array([0.299, 0.587, 0.114], "float32")
    found = read_folder(folder, channels=1).images
    np.testing.assert_allclose(found[..., 0], wanted, atol=1 / 255)


def test_size_cuts_to_the_shape_and_resizes(tmp_path):
    """A wide picture: red, green, red.  Squares keep the green middle only."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pixels = np.zeros((30, 90, 3), "uint8")
        pixels[..., 0] = 255
        pixels[:, 30:60] = (0, 255, 0)
        Image.fromarray(pixels).save(tmp_path / name / "wide.png")
    _picture(50, 40).save(tmp_path / "b" / "tall.png")
    split = read_folder(tmp_path, size=(15, 15))
    assert split.images.shape == (3, 15, 15, 3)
    inside = split.images[0, :, 1:-1]  # the cubic filter reaches over the edge
    np.testing.assert_array_equal(inside, np.broadcast_to([0, 1, 0], inside.shape))
    assert read_folder(tmp_path, size=(10, 30)).images.shape == (3, 10, 30, 3)


def test_photographs_of_a_turned_camera_are_turned_back(folder):
    picture = _picture()
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture.save(folder / "ant" / "a.png", exif=exif)
    report = check_folder(folder)
    assert report.turned == (folder / "ant" / "a.png",)
    assert "turned by a note of the camera: ant/a.png" in str(report)
    turned = np.round(read_folder(folder).images[0] * 255)
    np.testing.assert_array_equal(turned, np.asarray(picture)[::-1, ::-1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(file.read_bytes()[:200]),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_text("<html>not found</html>"),
        lambda file: file.write_bytes(file.read_bytes().replace(b"IDAT", b"IDAX")),
    ],
    ids=["cut", "empty", "page", "broken"],
)
def test_corrupt_files_are_named(folder, damage):
    damage(folder / "cat" / "a.png")
    damage(folder / "ant" / "more" / "c.png")
    match = r"2 files under .* damaged: ant/more/c\.png, cat/a\.png; delete them"
    with pytest.raises(ValueError, match=match):
        check_folder(folder)


def test_a_long_list_is_cut(folder):
    for i in range(9):
        (folder / "ant" / f"{i}.png").write_text("")
    with pytest.raises(ValueError, match=r"9 files .*ant/4\.png and 4 more"):
        check_folder(folder)


def test_mixed_sizes_are_listed(folder):
    _picture(10, 10).save(folder / "cat" / "z.png")
    assert check_folder(folder).sizes == {(20, 24): 6, (10, 10): 1}
    with pytest.raises(ValueError, match=r"6 of 20x24, 1 of 10x10\); give size=\(height, width"):
        read_folder(folder)
    assert len(read_folder(folder, size=(10, 12))) == 7


def test_deep_pictures_are_refused(folder):
    Image.fromarray(np.full((20, 24), 40_000, "uint16")).save(folder / "cat" / "deep.png")
    with pytest.raises(ValueError, match=r"1 files .*more than 8 bits in a channel: cat/deep\.png"):
        check_folder(folder)


def _empty(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def _flat(folder):
    _empty(folder)
    _picture().save(folder / "a.png")


def _loose(folder):
    for name in ("z.JPG", "a.png"):
        _picture().save(folder / name)


def _loose_and_one_class(folder):
    _loose(folder)
    shutil.rmtree(folder / "cat")


def _other_endings(folder):
    for file in (folder / "cat").rglob("*.*"):
        file.rename(file.with_suffix(".tif"))


@pytest.mark.parametrize(
    ("break_it", "error", "message"),
    [
        (shutil.rmtree, FileNotFoundError, "there is no folder .*set; paths are read from"),
        (_empty, ValueError, "set is empty; it shall hold a folder of images for each class"),
        (_flat, ValueError, r"set holds no folders, but a\.png; put the images of each class"),
        (
            _loose,
            ValueError,
            r"images beside the folders of the classes: a\.png, z\.JPG; move each",
        ),
        (_loose_and_one_class, ValueError, r"beside the folders of the classes: a\.png, z\.JPG;"),
        (lambda f: shutil.rmtree(f / "cat"), ValueError, "holds one class only, 'ant'; at least"),
        (lambda f: _empty(f / "cat"), ValueError, "class 'cat' has no images: .* holds no files"),
        (_other_endings, ValueError, r"class 'cat' has no images: .* holds only \.tif; these"),
    ],
)
def test_folders_that_are_no_data_set(folder, break_it, error, message):
    break_it(folder)
    for look in (check_folder, read_folder):
        with pytest.raises(error, match=message):
            look(folder)


def test_a_file_is_no_folder(folder):
    with pytest.raises(NotADirectoryError, match=r"a\.png is a file; give the folder"):
        check_folder(folder / "cat" / "a.png")


def test_bad_channels(folder):
    with pytest.raises(ValueError, match="channels must be 1 or 3, got 4"):
        read_folder(folder, channels=4)


@pytest.fixture
def parts(folder):
    for part in ("train", "validation", "test"):
        shutil.copytree(folder, folder.parent / "whole" / part)
    return folder.parent / "whole"


def test_splits_are_read_together(parts):
    data = read_splits(parts)
    assert data.class_names == ("ant", "cat")
    assert data.source == "whole: 6 train, 6 validation, 6 test images."
    np.testing.assert_array_equal(data.train.images, read_folder(parts / "train").images)


def test_splits_have_the_same_classes_and_sizes(parts):
    (parts / "test" / "cat").rename(parts / "test" / "dog")
    with pytest.raises(ValueError, match="test has the classes ant, dog, but train has ant, cat"):
        read_splits(parts)
    (parts / "test" / "dog").rename(parts / "test" / "cat")
    for file in (parts / "validation").rglob("*.*"):
        _picture(16, 16).save(file)
    with pytest.raises(ValueError, match=r"validation are \(16, 16\), those of train \(20, 24\)"):
        read_splits(parts)
    shutil.rmtree(parts / "test")
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*test"):
        read_splits(parts, size=(16, 16))
