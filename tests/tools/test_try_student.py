import pytest

import try_student


def test_a_replaced_or_removed_package_is_told_and_a_new_one_is_not():
    before = {"keras": "3.13.2", "numpy": "2.1.3", "rich": "13.9.4"}
    after = {"keras": "3.15.1", "numpy": "2.1.3", "course-lib": "0.1.0"}
    assert try_student.changes(before, after) == [
        "keras 3.13.2 became 3.15.1",
        "rich 13.9.4 became nothing",
    ]


def test_a_failed_command_brings_its_words(tmp_path):
    with pytest.raises(try_student.Failure, match="cannot be here"):
        try_student.run(["sh", "-c", "echo cannot be here; exit 3"], cwd=tmp_path)


def test_a_tree_without_notebooks_is_a_failure(tmp_path):
    with pytest.raises(try_student.Failure, match="no notebook"):
        try_student.run_notebooks(tmp_path, tmp_path, stubs=True)
