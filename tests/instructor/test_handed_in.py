"""Who handed in what, in each layout of a folder."""

import pytest

from instructor import handed_in


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def test_a_file_for_each_student(tmp_path):
    put(tmp_path, "ada.ipynb", "bob.ipynb", "readme.txt", ".hidden.ipynb")
    assert list(handed_in.find(tmp_path, "resnet")) == ["ada", "bob"]


def test_a_folder_for_each_student_at_any_depth(tmp_path):
    put(tmp_path, "ada/resnet/resnet.ipynb", "bob/mine.ipynb", "cy/.ipynb_checkpoints/x.ipynb")
    found = handed_in.find(tmp_path, "resnet")
    assert {name: path.name for name, path in found.items()} == {
        "ada": "resnet.ipynb",
        "bob": "mine.ipynb",
    }


def test_among_several_the_one_with_the_name_counts(tmp_path):
    put(tmp_path, "ada/resnet.ipynb", "ada/lenet.ipynb")
    assert handed_in.find(tmp_path, "resnet")["ada"].name == "resnet.ipynb"


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ([], "no notebook in it"),
        (["ada/one.ipynb", "ada/two.ipynb"], r"several notebooks \(one.ipynb, two.ipynb\)"),
        (["ada.ipynb", "ada/resnet.ipynb"], "a folder and a file"),
    ],
)
def test_what_is_unclear_is_refused(tmp_path, names, reason):
    put(tmp_path, *names)
    with pytest.raises(handed_in.Unclear, match=reason):
        handed_in.find(tmp_path, "resnet")


@pytest.mark.parametrize(
    "name", ["n" * 230 + ".ipynb", b"z\xfc.ipynb".decode("utf-8", "surrogateescape")]
)
def test_a_name_that_no_page_could_have_is_refused_before_anything_is_graded(tmp_path, name):
    put(tmp_path, "ada.ipynb", name)
    with pytest.raises(handed_in.Unclear, match="rename it"):
        handed_in.find(tmp_path, "resnet")


def test_what_is_passed_over_is_told(tmp_path):
    put(tmp_path, "ada/resnet.ipynb", "bob/answer.pdf", "cy.ipynb", "dee.IPYNB", ".DS_Store")
    found = handed_in.find(tmp_path, "resnet")
    assert sorted(found) == ["ada", "cy"]
    assert handed_in.passed_over(tmp_path, found) == [
        "bob: passed over: no notebook in it",
        "dee.IPYNB: passed over: no notebook",
    ]


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(handed_in.Unclear, match="no folder"):
        handed_in.find(tmp_path / "gone", "resnet")
