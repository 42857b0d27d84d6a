"""Editions of notebooks outside of the tree; those of the book are tested with the tools."""

import pytest

from instructor import edition, edition_file, edition_form, edition_hand_in, edition_template
from instructor.edition_regions import BEGIN, STUB


@pytest.mark.parametrize("package", ["course_lib.checks", "checks"])
def test_a_new_notebook_is_in_normal_form_and_knows_its_points(package):
    whole = edition_template.notebook("quiz", package, set_up=package != "checks")
    assert edition_form.normalise(whole, exercise=True) == whole
    assert edition_hand_in.assignment_of(whole["cells"]) == "quiz"
    assert edition_hand_in.points_of(whole["cells"]) == {"kernel_weights": 1}
    assert '"kernel_weights": 1,' in edition_file.source(whole["cells"][-1])
    assert list(edition_hand_in.problems(whole["cells"])) == []


def test_its_edition_has_the_stub_in_place_of_the_solution():
    whole = edition_template.notebook("quiz", "checks", set_up=False)
    found = edition_file.dumps(edition.strip(whole, exercise=True))
    assert BEGIN in edition_file.dumps(whole)
    assert BEGIN not in found
    assert edition_file.dumps({"stub": STUB})[12:-4] in found


def test_a_notebook_is_written_whole_and_read_again(tmp_path):
    path = tmp_path / "quiz.ipynb"
    whole = edition_template.notebook("quiz", "checks", set_up=False)
    edition_file.write(path, whole)
    assert edition_file.read(path) == whole
    assert [found.name for found in tmp_path.iterdir()] == ["quiz.ipynb"]
    path.write_text("[]")
    with pytest.raises(ValueError, match="expected an nbformat 4 notebook"):
        edition_file.read(path)
