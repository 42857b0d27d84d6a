"""The rows of the zoo are what course_lib computes and what the ledger says."""

import json

import pytest

import zoo_data
from booksite import ledger_file
from course_lib.nets import NETS
from tests.nets.published import ROWS

SMALL = ("lenet5", "lenet5_original", "nin_cifar", "plain20_cifar")


def test_small_nets_are_as_they_are_computed(capsys):
    assert zoo_data.main(["--check", *SMALL]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.weekly
def test_all_nets_are_as_they_are_computed():
    assert zoo_data.differences(NETS) == []


def test_rows_agree_with_the_published_numbers_of_the_tests():
    stored = {row["name"]: row for row in json.loads(zoo_data.FILE.read_text(encoding="utf-8"))}
    for row in ROWS:
        found = stored[row.net]
        assert found["params"] == row.params.value
        assert found["trainable"] == row.trainable.value
        assert found["macs"] == row.macs.value
        assert found["field"] == row.field.value[0]
        assert found["depth"] == row.depth.value


def test_every_net_has_one_work(monkeypatch):
    assert set(zoo_data.works()) == set(NETS)
    twice = zoo_data.WORKS[0]._replace(nets=("vgg16", "toy"))
    monkeypatch.setattr(zoo_data, "WORKS", (*zoo_data.WORKS, twice))
    with pytest.raises(ValueError, match="toy, vgg16: expected each net of NETS once in WORKS"):
        zoo_data.works()


def test_published_errors_come_from_the_ledger():
    ledger = ledger_file.read(zoo_data.ROOT)
    found = zoo_data.published("resnet34", ledger)
    assert found["error"] == ledger["resnet34.paper.top1_error"]["value"]
    assert found["source"] == "He et al. 2016, table 2"
    assert "10 crops" in found["meaning"]
    assert zoo_data.published("resnet50_v1_5", ledger) is None


@pytest.mark.parametrize("change", [{"value": 27.9}, {"meaning": "top-1 error of some net"}])
def test_an_error_that_says_too_little_is_refused(change):
    entry = {"value": 0.279, "meaning": "top-1 error, ImageNet validation", "source": "a paper"}
    ledger = {"toy.paper.top1_error": entry | change}
    with pytest.raises(ValueError, match="must be a share from 0 to 1, and its meaning must name"):
        zoo_data.published("toy", ledger)


@pytest.fixture
def copy(tmp_path):
    """A copy of the file that may be changed: a function of what changes its rows."""

    def change(edit):
        rows = json.loads(zoo_data.FILE.read_text(encoding="utf-8"))
        edit(rows)
        path = tmp_path / "zoo.json"
        path.write_text(zoo_data.text(rows), encoding="utf-8")
        return path

    return change


def test_what_differs_is_told(copy):
    path = copy(lambda rows: rows[0].update(published={"error": 0.1}))
    (line,) = zoo_data.differences([], path)
    assert line.startswith("alexnet: published is None, zoo.json has {'error': 0.1}")
    path = copy(lambda rows: next(r for r in rows if r["name"] == "lenet5").update(macs=1))
    assert zoo_data.differences(["lenet5"], path) == ["lenet5: macs is 416520, zoo.json has 1"]
    path = copy(lambda rows: rows.pop(0))
    assert zoo_data.differences([], path) == ["alexnet: not in zoo.json"]
    path = copy(lambda rows: rows[0].update(name="toy"))
    assert zoo_data.differences([], path) == [
        "alexnet: not in zoo.json",
        "toy: in zoo.json, not in NETS",
    ]


def test_the_form_of_the_file_is_checked(copy):
    path = copy(lambda rows: None)
    path.write_text(json.dumps(json.loads(path.read_text())), encoding="utf-8")
    assert zoo_data.differences([], path) == ["zoo.json: not as this tool writes it"]


def test_check_fails_on_a_difference(copy, capsys):
    path = copy(lambda rows: rows[0].update(published=1))
    assert zoo_data.main(["--check", "lenet5"], path) == 1
    assert "run: python tools/zoo_data.py" in capsys.readouterr().err


def test_the_file_is_written_whole(tmp_path, monkeypatch):
    path = tmp_path / "zoo.json"
    monkeypatch.setattr(zoo_data, "NETS", {name: NETS[name] for name in SMALL})
    monkeypatch.setattr(
        zoo_data,
        "WORKS",
        [
            work._replace(nets=tuple(name for name in work.nets if name in SMALL))
            for work in zoo_data.WORKS
        ],
    )
    assert zoo_data.main([], path) == 0
    first = path.read_bytes()
    assert zoo_data.main([], path) == 0
    assert path.read_bytes() == first
    assert [row["name"] for row in json.loads(first)] == sorted(SMALL)
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_net_is_named():
    with pytest.raises(ValueError, match="there is no net 'resnet51'"):
        zoo_data.differences(["resnet51"])


def test_names_alone_are_refused(capsys):
    with pytest.raises(SystemExit):
        zoo_data.main(["lenet5"])
    assert "use --check" in capsys.readouterr().err
