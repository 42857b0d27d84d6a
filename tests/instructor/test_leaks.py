"""The scanner: each kind of leak in each kind of place, and no leak in what is really published."""

import ast
import base64
import builtins
import gzip
import html
import io
import json
import pickle
import tarfile
import textwrap
import zipfile
from urllib.parse import quote

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

import layout
import nbfile
import student
from instructor import edition_regions as regions
from instructor import leaks, leaks_allowed, leaks_code, leaks_hidden, leaks_places, seeds
from instructor.leaks_index import Index

ROOT = layout.ROOT
SECRET = bytes(range(160, 192)).hex().encode()
HIDDEN = leaks_hidden.of_course(ROOT, SECRET)
SOLUTIONS = {
    one.question: textwrap.dedent(one.text)
    for one in HIDDEN.answers
    if one.source == leaks_hidden.SOLUTION and not one.prose
}
CODE = SOLUTIONS["resnet.stage_macs"]
PROSE = next(one for one in HIDDEN.answers if one.prose and one.question.startswith("transfer, "))
BANK = next(one.text for one in HIDDEN.answers if one.text.startswith("def connections_by_turning"))


class Renamed(ast.NodeTransformer):
    """Give every local name another one."""

    def __init__(self):
        self.names = {}

    def visit_Name(self, node):
        kept = dir(builtins) + sorted(leaks_code.LIBRARIES)
        if node.id not in kept and not node.id[0].isupper():
            node.id = self.names.setdefault(node.id, f"other_{len(self.names)}")
        return node

    def visit_arg(self, node):
        node.arg = self.names.setdefault(node.arg, f"other_{len(self.names)}")
        return node


def renamed(code):
    """Return the same program, formatted anew, without its names and comments."""
    return ast.unparse(Renamed().visit(ast.parse(textwrap.dedent(code))))


def notebook(*cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def cell(text, **more):
    lines = text.splitlines(keepends=True)
    return {"cell_type": "code", "metadata": {}, "source": lines, "outputs": []} | more


def stream(text):
    lines = text.splitlines(keepends=True)
    return {"output_type": "stream", "name": "stdout", "text": lines}


def page(text):
    return f"<!doctype html><html><body><p>Words.</p>{text}</body></html>".encode()


def colored(text):
    """Return a text as Pygments marks it, with an element around each token."""
    return highlight(text, PythonLexer(), HtmlFormatter(linenos=False))


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".py", text)
    return out.getvalue()


def tarred(texts, folder=""):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in texts.items():
            info = tarfile.TarInfo(folder + name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def coded(text):
    return base64.b64encode(text.encode()).decode()


PLACES = {
    "cell": lambda t: ("book/exercises/a.ipynb", notebook(cell("import os"), cell(t))),
    "output": lambda t: ("book/a.ipynb", notebook(cell("1", outputs=[stream(f"out:\n{t}\n")]))),
    "html output": lambda t: (
        "book/a.ipynb",
        notebook(
            cell(
                "1", outputs=[{"output_type": "display_data", "data": {"text/html": [colored(t)]}}]
            )
        ),
    ),
    "attachment": lambda t: (
        "book/a.ipynb",
        notebook(cell("1", attachments={"a.txt": {"text/plain": coded(t)}})),
    ),
    "page": lambda t: ("book/a.html", page(colored(t))),
    "script in a page": lambda t: ("b.html", page(f"<script>let a = {json.dumps(t)}</script>")),
    "comment in a page": lambda t: ("b.html", page(f"<!-- {html.escape(t)} -->")),
    "value in a page": lambda t: ("b.html", page(f'<a data-code="{html.escape(t)}">a</a>')),
    "address": lambda t: ("b.html", page(f'<a href="data:text/plain,{quote(t)}">a</a>')),
    "base64": lambda t: ("b.html", page(f'<a href="data:text/plain;base64,{coded(t)}">a</a>')),
    "_sources": lambda t: ("_sources/book/a.md", f"# A\n\n```python\n{t}\n```\n".encode()),
    "search index as text": lambda t: (
        "searchindex.js",
        f'Search.setIndex({{"docnames": [], "terms": {{}}, "titleterms": {{}}, '
        f'"alltitles": {{{json.dumps(t)}: []}}}})'.encode(),
    ),
    "download": lambda t: ("_downloads/0a/a.py", t.encode()),
    "download in Windows' encoding": lambda t: ("a.txt", t.encode("utf-16")),
    "session": lambda t: ("a.txt", textwrap.indent(t, ">>> ").encode()),
    "feedback": lambda t: ("graded/a/feedback/b.html", page(f"<li>{html.escape(t)}</li>")),
    "pickle": lambda t: ("a.doctree", b"\0\1" + pickle.dumps(["a", t])),
    "wheel": lambda t: ("course_lib-0.1.0-py3-none-any.whl", zipped(course_lib__a=t)),
    "sdist": lambda t: ("course_lib-0.1.0.tar.gz", tarred({"course_lib-0.1.0/a.py": t})),
    "archive in an archive": lambda t: ("a.gz", gzip.compress(zipped(a=t))),
}
LEAKS = {
    "solution": (CODE, "resnet.stage_macs"),
    "renamed solution": (renamed(CODE), "resnet.stage_macs"),
    "indented solution": (textwrap.indent(CODE, " " * 12), "resnet.stage_macs"),
    "right answer of the tests": (BANK, "lenet.connections"),
    "renamed right answer": (renamed(BANK), "lenet.connections"),
    "choices": (SOLUTIONS["lenet.diagnosis"], "lenet.diagnosis"),
    "prose": (PROSE.text, PROSE.question),
    "secret": (SECRET.decode(), "the secret"),
    "secret in capitals": (SECRET.decode().upper(), "the secret"),
    "secret as a number": (f"x = {int(SECRET, 16)}", "the secret"),
    "secret in base64": (coded("seed: " + SECRET.decode()), "the secret"),
    "seed": (
        f"seed = {seeds.seed(SECRET, 'resnet', 'shortcut')}",
        "the seed of resnet.shortcut",
    ),
    "module": ("from instructor.grade import Graded", "instructor.grade"),
    "code of a module": ((ROOT / "instructor/seeds.py").read_text("utf-8"), "instructor/seeds.py"),
}
CLEAN = """
def area(height, width):
    '''Return three layers, and the pixels of an image.'''
    x = layers.Conv2D(width, 3, padding="same", use_bias=False)(image)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x), height * width, 4294967295, 1234567890, "0xdeadbeef"
"""


def lines(*files, allowed=leaks.NOTHING):
    return leaks.report(leaks.scan(files, HIDDEN, allowed))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", LEAKS)
def test_a_leak_is_found_in_every_place(kind, place):
    text, question = LEAKS[kind]
    name, content = PLACES[place](text)
    found = lines((name, content))
    assert found, f"{kind} in {place}"
    assert all(line.startswith(name) for line in found)
    assert any(question in line for line in found), found


@pytest.mark.parametrize("place", PLACES)
def test_clean_material_has_no_leak(place):
    assert lines(PLACES[place](CLEAN)) == []


@pytest.mark.parametrize("question", SOLUTIONS)
def test_every_solution_is_found_under_other_names(question):
    found = lines(("a.py", renamed(SOLUTIONS[question]).encode()))
    assert any(question in line for line in found), found


def test_no_solution_is_too_small_for_that():
    small = Index(HIDDEN).small
    assert [name for name in small if name in SOLUTIONS] == []


@pytest.mark.parametrize("place", ["cell", "output", "html output", "page", "_sources", "wheel"])
def test_a_mark_of_a_region_is_found(place):
    found = lines(PLACES[place]("a = 1\n    ### BEGIN SOLUTION\na = 2"))
    assert any("### BEGIN SOLUTION" in line for line in found), found


def test_another_program_is_no_leak():
    other = renamed(CODE).replace("9", "25").replace("4", "2").replace("*", "+")
    assert lines(("a.py", other.encode())) == []


def test_other_names_of_libraries_do_not_hide_a_copy():
    code = SOLUTIONS["resnet.residual_block"].replace("layers.", "L.")
    text = renamed(f"import keras.layers as L\n{code}").replace("other_0.", "L.")
    assert any("resnet.residual_block" in line for line in lines(("a.py", text.encode())))


def test_a_solution_between_other_statements_in_a_function_is_found():
    first, *rest = renamed(CODE).splitlines()
    body = "\n".join(["started = clock()", first, *rest])
    text = f"def mine(a):\n    '''Say more.'''\n{textwrap.indent(body, '    ')}\n    # the end\n"
    assert any("resnet.stage_macs" in line for line in lines(("a.py", text.encode())))


def test_a_table_of_the_choices_in_prose_is_found():
    rows = ast.literal_eval(SOLUTIONS["lenet.diagnosis"].partition("return ")[2].rpartition("[")[0])
    text = "\n".join(f"| {piece} | *{words}* |" for piece, words in rows.items())
    assert any("lenet.diagnosis" in line for line in lines(("a.md", text.encode())))


def index_of(*words):
    terms = {leaks_hidden.stem(word): [0] if word != "image" else 0 for word in words}
    index = {"docnames": ["book/a"], "terms": terms, "titleterms": {"page": [0]}}
    return "searchindex.js", f"Search.setIndex({json.dumps(index)})".encode()


def test_names_of_a_solution_are_found_in_the_search_index():
    (line,) = lines(index_of("image", "per_block", "model"))
    assert "resnet.layer_count" in line
    assert "book/a" in line


def test_words_of_the_book_in_the_search_index_are_no_leak():
    assert lines(index_of("image", "kernel", "stride", "shortcut", "expansion")) == []


def test_one_plain_word_that_a_solution_has_too_is_no_leak():
    assert lines(index_of("digest", "kernel")) == []
    assert lines(index_of("digest", "tobytes"))


def test_an_index_that_cannot_be_read_is_not_taken_for_clean():
    with pytest.raises(leaks_places.Unreadable, match=r"searchindex\.js: no search index"):
        lines(("searchindex.js", b"Search.setIndex([1, 2])"))


def test_a_file_of_the_instructor_is_found_by_its_path():
    (line,) = lines(("a.whl", zipped(instructor__grade="pass")))
    assert "a.whl!instructor/grade.py" in line
    assert lines(("instructor/__pycache__/grade.cpython-311.pyc", b"\0"))
    assert lines(("instructor.md", b"For an instructor/grader."), ("book/grade.py", b"")) == []


def test_a_number_by_chance_inside_a_longer_one_is_no_seed():
    number = max(seeds.seed(SECRET, "resnet", "shortcut"))
    assert lines(("a.svg", f"M 0.{number} 77{number}88 v{number}".encode())) == []
    assert lines(("a.svg", f"M {number},1".encode()))


ENTRY = leaks_allowed.Entry(
    "resnet.stage_*", ("book/a.md",), "large = size[0] * size[1]; small = large // 4", "a reason"
)
ALLOWED = leaks_allowed.Allowed((ENTRY,))


def test_what_is_allowed_is_no_leak_in_its_place_only():
    text = b"Write `large = size[0] * size[1]` first."
    assert lines(("book/a.md", text), allowed=ALLOWED) == []
    assert lines(("wheel.zip", zipped(b=text)), ("book/a.md", text), allowed=ALLOWED)
    assert lines(("book/a.md", text + CODE.encode()), allowed=ALLOWED)


def test_an_entry_that_matches_nothing_is_refused_where_its_place_was_searched():
    with pytest.raises(leaks_allowed.Refused, match="take them out: resnet"):
        lines(("build/book/a.md", b"Nothing."), allowed=ALLOWED)
    assert lines(("book/b.md", b"Nothing."), allowed=ALLOWED) == []


def test_a_secret_is_never_allowed():
    entry = leaks_allowed.Entry("*", ("a.md",), SECRET.decode() + " instructor.grade", "a reason")
    found = lines(("a.md", SECRET + b" instructor.grade"), allowed=leaks_allowed.Allowed((entry,)))
    assert len(found) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1", "expected a list"),
        ("- 1", "entry 1: expected question, reason, shown, where; given 1"),
        ("- {question: a, where: [b], shown: c}", "given"),
        ("- {question: a, where: b, shown: c, reason: d}", "`where` is a list"),
        ("- {question: a, where: [], shown: c, reason: d}", "`where` is a list"),
        ("- {question: a, where: [b], shown: c, reason: ' '}", "`reason` is a text"),
        ("- [", "cannot be read"),
    ],
)
def test_a_list_that_is_none_is_refused(text, message, tmp_path):
    path = tmp_path / "list.yml"
    path.write_text(text)
    with pytest.raises(leaks_allowed.Refused, match=message):
        leaks_allowed.read(path)


def test_what_cannot_be_searched_is_not_taken_for_clean(tmp_path, monkeypatch):
    deep = b"a"
    for _ in range(leaks_places.DEEPEST + 1):
        deep = gzip.compress(deep)
    with pytest.raises(leaks_places.Unreadable, match="nested more than"):
        lines(("a.gz", deep))
    with pytest.raises(leaks_places.Unreadable, match="broken"):
        lines(("a.whl", zipped(a="b" * 999)[:-30]))
    with pytest.raises(leaks_places.Unreadable, match="broken"):
        lines(("a.tar.gz", gzip.compress(b"a" * 999)[:-12]))
    with pytest.raises(leaks_places.Unreadable, match="no such file"):
        list(leaks_places.walk(tmp_path / "none"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a").symlink_to(ROOT / "LICENSE")
    with pytest.raises(leaks_places.Unreadable, match="leads out"):
        list(leaks_places.walk(tmp_path / "site"))
    monkeypatch.setattr(leaks_places, "LARGEST", 1000)
    with pytest.raises(leaks_places.Unreadable, match="1001 bytes, at most 1000"):
        lines(("a.zip", zipped(a="b" * 1001)))
    monkeypatch.setattr(leaks_places, "MOST", 1500)
    with pytest.raises(leaks_places.Unreadable, match="in all"):
        lines(("a", b"b" * 800), ("c", b"d" * 800))


def test_regions_are_those_that_the_student_tree_loses():
    for path in nbfile.notebooks(ROOT):
        for one in nbfile.read(path)["cells"]:
            source = nbfile.source(one)
            known = leaks_hidden.REGION.findall(source)
            if one["cell_type"] == "code":
                split = ["\n".join(region) for region in regions.split(source)[1]]
                assert [region.rstrip("\n") for region in known] == split


def test_a_tree_without_solutions_is_refused(tmp_path):
    (tmp_path / "book").mkdir()
    with pytest.raises(ValueError, match="no notebook with a solution"):
        leaks_hidden.of_course(tmp_path)


def test_the_student_tree_and_its_wheel_have_no_leak_beyond_the_list(record_property):
    allowed = leaks_allowed.read()
    tree = student.student_tree(ROOT)
    assert any(name.endswith(".whl") for name in tree)
    assert lines(*tree.items(), allowed=allowed) == []
    modules = {name: tree[name].decode() for name in tree if name.startswith("course_lib/checks/")}
    source = tarred(modules, "course_lib-0.1.0/")
    assert lines(("course_lib-0.1.0.tar.gz", source), allowed=allowed) == []
    places = [place for entry in allowed.entries for place in entry.where]
    assert set(places) <= tree.keys()  # so that no entry was left out of the search for stale ones
    count = len(HIDDEN.answers)
    record_property(
        "summary", f"leaks: {count} hidden texts, {len(allowed.entries)} entries on the allow-list"
    )


def test_the_solutions_themselves_are_full_of_leaks():
    files = {
        path.name: path.read_bytes() for path in nbfile.notebooks(ROOT) if nbfile.is_exercise(path)
    }
    found = "\n".join(lines(*files.items()))
    assert [question for question in SOLUTIONS if question not in found] == []


def test_the_command_names_what_leaks_and_its_status_tells(tmp_path, capsys):
    site = tmp_path / "html" / "book"
    site.mkdir(parents=True)
    (site / "a.html").write_bytes(page(colored(CLEAN)))
    assert leaks.main([str(site.parent)]) == 0
    assert "1 files, 0 leaks; " in capsys.readouterr().err
    (site / "b.html").write_bytes(page(colored(CODE)))
    assert leaks.main([str(site.parent)]) == 1
    assert "book/b.html: a line (solution) of resnet.stage_macs: " in capsys.readouterr().out
    assert leaks.main([str(tmp_path / "none")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_the_command_searches_for_the_secret(tmp_path, capsys):
    secret = tmp_path / "secret"
    seeds.make(secret)
    text = f"seed {seeds.seed(seeds.read(secret), 'lenet', 'connections')}"
    (tmp_path / "a.md").write_text(text)
    assert leaks.main([str(tmp_path / "a.md")]) == 0
    assert leaks.main(["--secret", str(secret), str(tmp_path / "a.md")]) == 1
    out = capsys.readouterr().out
    assert "the seed of lenet.connections" in out
    assert secret.read_text().strip() not in out
