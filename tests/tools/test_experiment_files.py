"""The chapter of an experiment is read from its file, which is never run."""

import pytest

import experiment_files
import layout


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / experiment_files.FOLDER
    folder.mkdir(parents=True)
    for name, text in {
        "__init__.py": "raise SystemExit\n",
        "plan.py": "class Experiment:\n    chapter: str\n",
        "width.py": 'E = Experiment(name="width", chapter="modern/resnet")\n',
        "depth.py": 'import plan\nE = plan.Experiment(chapter="modern/resnet")\n',
        "rates.py": 'E = Experiment(chapter="practice/rates")\n',
        "late.py": "E = Experiment(chapter=CHAPTER)\n",
        "lost.py": 'E = Experiment("lost")\n',
    }.items():
        (folder / name).write_text(text)
    return tmp_path


def test_every_experiment_has_its_chapter(root):
    assert experiment_files.chapters(root) == {
        "depth": "modern/resnet",
        "late": "",
        "lost": "",
        "rates": "practice/rates",
        "width": "modern/resnet",
    }


def test_a_chapter_may_have_several_or_none(root):
    assert experiment_files.of_chapter(root, "modern/resnet") == ["depth", "width"]
    assert experiment_files.of_chapter(root, "classic/lenet") == []


def test_the_file_says_what_the_experiment_says():
    from course_lib import experiments

    named = {name: experiments.experiment(name).chapter for name in experiments.NAMES}
    assert experiment_files.chapters(layout.ROOT) == named
