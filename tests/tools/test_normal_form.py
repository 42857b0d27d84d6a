"""Every rule of the normal form: what breaks it, what repairs it, what only a run repairs."""

import base64
import json
import time

import nbformat
import pytest

import nbfile
import normal_form
from tests.tiny import code, markdown, notebook, save

WIDGET = "application/vnd.jupyter.widget-view+json"


def raw(*cells, metadata=None):
    return {"cells": list(cells), "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}


def displayed(**data):
    data = {key.replace("__", "/"): value for key, value in data.items()}
    return {"output_type": "display_data", "data": data, "metadata": {"width": 3}}


def with_outputs(*outputs, tags=()):
    cell = code("f()", *tags, count=1)
    cell["outputs"] = list(outputs)
    return cell


def outputs_of(*outputs):
    return normal_form.normalise(raw(with_outputs(*outputs)))["cells"][0]["outputs"]


def check(path, content, capsys):
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else nbfile.dumps(content))
    status = normal_form.main([str(path)])
    return status, capsys.readouterr().err


def test_a_notebook_in_normal_form_passes_and_is_valid_nbformat(tmp_path):
    path = save(tmp_path / "a.ipynb", markdown("# A"), code("print(1)", "setup", stdout="1\n"))
    assert normal_form.violations(path) == []
    assert normal_form.main([str(path)]) == 0
    nbformat.validate(nbformat.read(path, as_version=4))


def test_bytes_are_those_of_nbformat(tmp_path):
    path = save(tmp_path / "a.ipynb", markdown("# A\n\nb"), code("a = 1\nb", stdout="1\n2\n"))
    assert nbformat.writes(nbformat.read(path, as_version=4)) + "\n" == path.read_text()


def test_normalising_twice_changes_nothing():
    messy = raw(
        code("a\nb\n", "x", stdout="1\n", count=1), markdown("t"), metadata={"widgets": {"a": 1}}
    )
    messy["cells"][0]["metadata"]["collapsed"] = True
    once = normal_form.normalise(messy)
    assert normal_form.normalise(once) == once
    assert messy["metadata"] == {"widgets": {"a": 1}}, "the argument was changed"


def test_widget_state_and_kernel_of_the_author_go():
    given = raw(metadata={"widgets": {"x": 1}, "kernelspec": {"name": "mine"}, "colab": {}})
    assert set(normal_form.normalise(given)["metadata"]) == {"kernelspec", "language_info"}
    assert normal_form.normalise(given)["metadata"]["kernelspec"]["name"] == "python3"


def test_stderr_goes_and_stdout_chunks_merge():
    def chunk(name, text):
        return {"output_type": "stream", "name": name, "text": text}

    assert outputs_of(chunk("stdout", "a\n"), chunk("stderr", "!"), chunk("stdout", "b\n")) == [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]}
    ]


def test_a_lab_keeps_its_html_only():
    kept = outputs_of(displayed(text__html="<div>", text__plain="Lab()", **{WIDGET: {"id": 1}}))
    assert [output["data"] for output in kept] == [{"text/html": ["<div>"]}]
    assert kept[0]["metadata"] == {}


def test_a_widget_without_html_leaves_its_text():
    kept = outputs_of(displayed(text__plain="Lab()", **{WIDGET: {"id": 1}}))
    assert kept[0]["data"] == {"text/plain": ["Lab()"]}


def test_an_output_that_was_only_a_widget_view_goes():
    assert outputs_of(displayed(**{WIDGET: {"id": 1}})) == []


def test_plain_text_beside_html_stays_without_a_widget():
    kept = outputs_of(displayed(text__html="<table>", text__plain="a table"))
    assert set(kept[0]["data"]) == {"text/html", "text/plain"}


def test_cells_keep_tags_and_only_exercises_keep_nbgrader():
    cell = code("f()", "check", count=1)
    cell["metadata"] |= {"nbgrader": {"points": 2}, "scrolled": True}
    kept = normal_form.normalise(raw(cell))["cells"][0]["metadata"]
    assert kept == {"tags": ["check"]}
    kept = normal_form.normalise(raw(cell), exercise=True)["cells"][0]["metadata"]
    assert kept == {"tags": ["check"], "nbgrader": {"points": 2}}


def test_valid_ids_stay_and_others_come_from_the_position():
    cells = [markdown("a"), markdown("b"), markdown("c"), markdown("d")]
    cells[0]["id"] = "intro"
    cells[1]["id"] = "not valid!"
    cells[3]["id"] = "intro"
    first = normal_form.normalise(raw(*cells))
    ids = [cell["id"] for cell in first["cells"]]
    assert ids == ["intro", "cell-2", "cell-3", "intro-4"]
    assert [cell["id"] for cell in normal_form.normalise(first)["cells"]] == ids


def test_a_derived_id_does_not_collide_with_a_given_one():
    cells = [markdown("a"), markdown("b")]
    cells[0]["id"] = "cell-2"
    ids = [cell["id"] for cell in normal_form.normalise(raw(*cells))["cells"]]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda n: n["metadata"].update(widgets={}), "metadata is not the fixed kernelspec"),
        (lambda n: n["cells"][0].pop("id"), "cell 1: id None missing"),
        (lambda n: n["cells"][0]["metadata"].update(scrolled=True), "metadata scrolled not allow"),
        (lambda n: n["cells"][1]["metadata"].update(nbgrader={"a": 1}), "nbgrader not allowed"),
        (lambda n: n["cells"][1].update(source="print(1)"), "line breaks differ"),
        (
            lambda n: n["cells"][1]["outputs"].append(
                {"output_type": "stream", "name": "stderr", "text": ["W"]}
            ),
            "cell 2: outputs hold stderr",
        ),
    ],
)
def test_write_repairs(break_it, message, tmp_path, capsys):
    good = notebook(markdown("# A"), code("print(1)", "setup", stdout="1\n"))
    broken = json.loads(json.dumps(good))
    break_it(broken)
    path = tmp_path / "classic" / "a.ipynb"
    status, error = check(path, broken, capsys)
    assert status == 1
    assert message in error
    assert len(error.splitlines()) == 1
    assert normal_form.main(["--write", str(path)]) == 0
    assert nbfile.read(path) == good


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code("a", count=2)], "cell 1: execution count 2, expected 1"),
        ([code("a", count=1), code("b")], "cell 2: execution count None, expected 2"),
        ([with_outputs({"output_type": "error", "ename": "E", "evalue": ""})], "stored error E"),
        ([with_outputs(displayed(text__plain="<f at 0x7f12abcd>"))], "memory address"),
        ([code("a", stdout="<f at 0x7f12abcd>", count=1)], "memory address"),
        (
            [with_outputs(displayed(image__png=base64.b64encode(bytes(100_001)).decode()))],
            "image of 100,001 bytes",
        ),
        (
            [with_outputs(displayed(text__html="<b><svg>" + "x" * 100_000 + "</svg>"))],
            "image of 100,011 bytes",
        ),
        ([markdown("x" * 1_000_000)], "at most 1,000,000"),
        ([markdown("a") | {"attachments": {"a.png": {}}}], "attachment"),
    ],
)
def test_write_does_not_hide_what_needs_a_run_or_an_author(cells, message, tmp_path, capsys):
    path = tmp_path / "a.ipynb"
    path.write_text(nbfile.dumps(normal_form.normalise(raw(*cells))))
    assert normal_form.main(["--write", str(path)]) == 1
    assert message in capsys.readouterr().err


def test_an_error_the_author_announced_may_stay():
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    cell = with_outputs(error, tags=["raises-exception"])
    assert list(normal_form._hard(raw(cell), "")) == []


@pytest.mark.parametrize("content", ["{", "[]", '{"nbformat": 3, "worksheets": []}'])
def test_what_is_not_a_notebook_is_named(content, tmp_path, capsys):
    status, error = check(tmp_path / "a.ipynb", content, capsys)
    assert status == 1
    assert "a.ipynb" in error
    before = (tmp_path / "a.ipynb").read_text()
    assert normal_form.main(["--write", str(tmp_path / "a.ipynb")]) == 1
    assert (tmp_path / "a.ipynb").read_text() == before


def test_a_notebook_takes_milliseconds(tmp_path):
    cells = [code(f"print({i})", stdout="1\n" * 100) for i in range(100)]
    path = save(tmp_path / "a.ipynb", *cells)
    start = time.perf_counter()
    assert normal_form.violations(path) == []
    assert time.perf_counter() - start < 0.5
