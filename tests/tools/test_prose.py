"""Every rule of the prose check, both ways: a text it refuses and the nearest one it lets pass."""

import json

import pytest

import prose
from booksite import zoo_file
from tests.tiny import code, markdown, notebook

LEDGER = """\
big.trainable: {value: 25557032, unit: parameters, meaning: m, source: s}
small.error: {value: 0.1294, meaning: m, source: s}
"""
FENCE = "```"
NARROW = "\N{NARROW NO-BREAK SPACE}"
LEFT, RIGHT = "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}"


@pytest.fixture
def root(tmp_path):
    for name, content in {
        "book/ledger.yml": LEDGER,
        "book/results/run.json": json.dumps({"final": {"mean": 0.5321}}),
        "book/other.md": "(somewhere)=\n# Other\n\n## Deeper was worse\n",
        "README.md": "x",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.fixture
def check(root):
    def run(text, name="page.md"):
        path = root / "book" / name
        path.write_text(text if isinstance(text, str) else json.dumps(text))
        prose._labels.cache_clear()
        prose._ledger.cache_clear()
        return prose.check(path, root)

    return run


REFUSED = {
    "simply": "It is simply a sum.",
    "obviously": "Obviously it is.",
    "of course": "It is, of course.",
    "just": "It is just a sum.",
    "just, quoted but no question": 'They say "it is just a sum".',
    "todo": "TODO write this.",
    "exclamation": "It works!",
    "exclamation in a heading": "# It works!",
    "flops": "It takes many FLOPs.",
    "flops with a unit": "It takes GFLOPs.",
    "flops not defined by MACs": "FLOPs come in two kinds.",
    "folder": "See notes/ for more.",
    "folder at the end": "See my-notes/old/.",
    "file": "See notes/plan.md for more.",
    "numbered row": "See row #3.",
    "number of something": "This is #113 again.",
    "number in brackets": "This again (#113).",
    "second line": "Fine.\nBut it is simply so.",
    "grouped": "It has 25,557,032 of them.",
    "grouped with narrow spaces": f"It has 25{NARROW}557{NARROW}032.",
    "percent": "The error is 12.9 %.",
    "percent in words": "The error is 12.9 percent.",
    "percent sign attached": "The error is 12.9%.",
    "mega": "It has 25.6M.",
    "mega apart": "It has 25.6 M.",
    "giga": "It takes 3.86 GMACs.",
    "kilo": "It has 60 k.",
    "million": "It has 25 million.",
    "million, hyphen": "A 25-million model.",
    "billion": "It takes 4 billion.",
    "MACs": "It takes 412 MACs.",
    "multiply-adds": "It takes 412 multiply-adds.",
    "weights": "It has 192 weights.",
    "weights on the next line": "It has 192\nweights.",
    "decimal below 100": "It has 1.5 weights.",
    "trainable parameters": "It has 150 trainable parameters.",
    "connections": "It has 340 connections.",
    "in a table": "| net | weights |\n|---|---|\n| a | 25,557,032 |",
    "in a list": "- 25,557,032",
    "in bold": "**25,557,032**",
    "in an admonition": f"{FENCE}{{note}}\nIt has 192 weights.\n{FENCE}",
    "in the title of an exercise": f"{FENCE}{{exercise-start}} The 192 weights\n{FENCE}",
    "in a colon fence": ":::{note}\nIt has 192 weights.\n:::",
    "in the explanation of a quiz": (
        f"{FENCE}{{quiz-number}} a\n:answer: 192\n\nHow many?\n---\nIt has 192 weights.\n{FENCE}"
    ),
    "in the text of a link": "[192 weights](other.md)",
    "quoted without a source": '"It has 192 weights."',
    "block quotation without a source": "> It has 192 weights.",
    "quoted, cited in the next paragraph": '"It has 192 weights."\n\nSo {cite:t}`he2016`.',
    "unquoted, cited": "It has 192 weights {cite:p}`he2016`.",
    "wrong claim without quotes": "## What people get wrong\n\nIt has 192 weights.",
    "quotes after the section": (
        '## What people get wrong\n\nx\n\n## Summary\n\n"It has 192 weights."'
    ),
    "key unknown": "[192](#n-nothing)",
    "key differs": "[25,557,033](#n-big.trainable)",
    "results key unknown": "[0.53](#n-results.run.final.median)",
    "results differ": "[0.54](#n-results.run.final.mean)",
    "link to nothing": "[a](missing.md)",
    "label of nothing": "[a](#missing)",
    "heading of nothing": "[a](other.md#missing)",
    "link out of the book": "[a](../README.md)",
    "image without alt": "![](other.md)",
    "figure without alt": f"{FENCE}{{figure}} a.svg\n:name: a\n\nCaption.\n{FENCE}",
    "image directive without alt": f"{FENCE}{{image}} a.svg\n{FENCE}",
    "html image without alt": '<img src="a.svg">',
    "svg without name": "<svg viewBox='0 0 1 1'></svg>",
}
PASSES = {
    "justify": "This justifies the adjustment.",
    "quoted question": 'Ask "is it just a sum?" again.',
    "curly quoted question": f"Ask {LEFT}just a sum?{RIGHT}",
    "code span": "`simply!` and `25,557,032 weights`",
    "code block": f"{FENCE}python\nsimply = 192  # weights!\n{FENCE}",
    "tilde block": "~~~\nIt has 192 weights!\n~~~",
    "code directive": f"{FENCE}{{code-block}} python\nx = 192  # weights!\n{FENCE}",
    "comment": "<!-- TODO 192 weights -->",
    "math": r"$n! = 25{,}557{,}032$ and $192$ weights",
    "block math": "$$\nn! \\cdot 192 \\text{ weights}\n$$",
    "environment": "\\begin{align}\nn! &= 192 weights\n\\end{align}",
    "flops defined": "FLOPs here means 2 x MACs.",
    "flops defined in words": "We count MACs; FLOPs are two for each, so FLOPs = 2 x MACs.",
    "flops quoted": 'The paper says "3.6 billion FLOPs" {cite:p}`he2016`.',
    "image": "![A digit](other.md)",
    "heading mark": "# Not a number\n\n## 3 things",
    "keyed": "[25,557,032](#n-big.trainable) and [25.6 M](#n-big.trainable)",
    "keyed fraction": "[12.9 %](#n-small.error) of images",
    "keyed result": "[53.2 %](#n-results.run.final.mean) of images",
    "small counts": "A 5x5 kernel has 25 weights and 26 parameters, 25 MACs a pixel.",
    "plain numbers": "In 2016, ResNet-50 took 224 pixels, 3x3 kernels and 8 GPUs.",
    "a name with a number": "ResNet-152 weights, VGG-19 parameters.",
    "nothing and all": "From 0 % to 100 %.",
    "confidence": "A 95 % confidence band, or a 95 % interval.",
    "a year and a list": "1998, 2012, 2015",
    "two numbers side by side": "stage 3 128 times",
    "option line": f"{FENCE}{{quiz-number}} a\n:answer: 61,706\n\nHow many?\n{FENCE}",
    "quiz options": f"{FENCE}{{quiz-choice}} a\nHow many?\n- [ ] 192 weights\n- [x] 8,192\n{FENCE}",
    "cited quotation": '"It has 192 weights!" {cite:p}`he2016`.',
    "cited by a link": '"It has 192 weights" ([paper](https://arxiv.org/abs/1512.03385)).',
    "cited block quotation": "> It has 192 weights.\n> {cite:p}`he2016`",
    "wrong claim": '## What people get wrong\n\n"It has 192 weights." It does not.',
    "wrong claim under a heading": (
        '## What people get wrong\n\n### A claim\n\n"It has 192 weights."'
    ),
    "pair and quotient": "Train/test, input/output, 1/(1 + x), CPU/GPU.",
    "file in code": "`notes/plan.md` and [a](other.md)",
    "address": "<https://example.org/#113> and [a](https://example.org/25,557,032)",
    "link": "[a](other.md), [a](other), [a](other.md#deeper-was-worse), [a](#somewhere)",
    "own heading": "# One two\n\n[a](#one-two)",
    "label of a directive": f"{FENCE}{{note}}\n:name: here\nx\n{FENCE}\n\n[a](#here)",
    "figure": f"{FENCE}{{figure}} a.svg\n:alt: A digit\n\nCaption.\n{FENCE}",
    "html image": '<img src="a.svg" alt="A digit">',
    "svg with a name": "<svg aria-label='A digit'></svg><svg><title>A digit</title></svg>",
    "svg for the eye only": '<svg aria-hidden="true"></svg>',
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, check):
    assert len(check(REFUSED[name])) == 1


@pytest.mark.parametrize("name", PASSES)
def test_passes(name, check):
    assert check(PASSES[name]) == []


def test_the_message_says_where_what_and_what_to_do(check):
    assert check("# Page\n\nFine.\nIt has 192 weights.\n") == [
        "book/page.md: line 4: number '192 weights' without a key; write [192 weights](#n-KEY), "
        "see book/ledger.yml"
    ]


def test_a_cell_is_named_and_code_is_not_read(check):
    cells = notebook(markdown("# A"), code("simply = 192  # weights"), markdown("x\n\nSimply."))
    assert check(cells, "a.ipynb") == ["book/a.ipynb: cell 3, line 3: 'Simply': leave it out"]


def test_the_section_goes_on_in_the_next_cell(check):
    cells = [markdown("## What people get wrong"), code("1"), markdown('"It has 192 weights."')]
    assert check(notebook(*cells), "a.ipynb") == []
    assert len(check(notebook(*cells[1:]), "a.ipynb")) == 1


def test_wrong_claims_may_be_quoted_on_the_page_of_errata(check):
    assert check('"It has 192 weights."', "errata.md") == []
    assert len(check("It has 192 weights.", "errata.md")) == 1


def test_pictures_among_the_outputs_need_words(check):
    bare = notebook(code("f()", html="<svg></svg>"))
    named = notebook(code("f()", html='<figure><svg role="img" aria-label="x"></svg></figure>'))
    assert check(named, "a.ipynb") == []
    (message,) = check(bare, "a.ipynb")
    assert message.startswith("book/a.ipynb: cell 1, line 1: output: <svg> without")
    bare["cells"][0]["outputs"][0]["data"] = {"image/png": "aGk="}
    (message,) = check(bare, "a.ipynb")
    assert "output <image/png> has no alternative text" in message


def test_every_page_is_found(root):
    (root / "book" / ".ipynb_checkpoints").mkdir()
    (root / "book" / ".ipynb_checkpoints" / "a.md").write_text("x")
    assert [path.name for path in prose.pages(root)] == ["other.md"]


KEYS = "[25.6 M](#n-big.trainable), [12.9 %](#n-small.error)\n"


def test_a_key_that_no_page_prints_is_named(root):
    prose._ledger.cache_clear()
    cells = notebook(markdown("[25.6 M](#n-big.trainable)"), code("# [12.9 %](#n-small.error)"))
    (root / "book" / "a.ipynb").write_text(json.dumps(cells))
    assert prose.unprinted(root) == [
        "book/ledger.yml: no page prints small.error; delete the entry, or write "
        "[NUMBER](#n-small.error)"
    ]
    (root / "book" / "b.md").write_text(KEYS)
    assert prose.unprinted(root) == []


def test_the_page_of_all_nets_prints_the_keys_of_their_errors(root):
    prose._labels.cache_clear()
    prose._ledger.cache_clear()
    file = root / zoo_file.FILE
    file.parent.mkdir(parents=True)
    file.write_text('[{"name": "toy"}]')
    path = root / "book" / "ledger.yml"
    error = "toy.paper.top1_error: {value: 0.5, meaning: error, source: a paper}"
    path.write_text(f"{path.read_text()}\n{error}\n")
    (root / "book" / "keys.md").write_text(KEYS)
    (line,) = prose.unprinted(root)
    assert "toy.paper.top1_error" in line
    (root / "book" / "zoo.md").write_text("```{zoo-table}\n```\n")
    assert prose.unprinted(root) == []


def test_main_reports_and_fails(root, capsys, monkeypatch):
    monkeypatch.setattr(prose, "ROOT", root)
    prose._labels.cache_clear()
    prose._ledger.cache_clear()
    assert prose.main([str(root / "book" / "other.md")]) == 0
    assert prose.main([]) == 1
    assert "no page prints big.trainable" in capsys.readouterr().err
    (root / "book" / "keys.md").write_text(KEYS)
    assert prose.main([]) == 0
    (root / "book" / "other.md").write_text("It is simply so.\n")
    assert prose.main([]) == 1
    assert capsys.readouterr().err == "book/other.md: line 1: 'simply': leave it out\n"
