"""The page of all nets: each net once, numbers with their keys, a dash where there is none."""

import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from sphinx.application import Sphinx

import layout
from booksite import ledger, ledger_file, zoo_file

ROWS = zoo_file.rows(layout.ROOT)
LEDGER = ledger.load(layout.ROOT).entries
PAGE = "# Nets\n\n```{zoo-timeline}\n```\n\n## Costs\n\n```{zoo-table}\n```\n"
NBSP = "\N{NO-BREAK SPACE}"
TIMES = "\N{MULTIPLICATION SIGN}"


class Cells(HTMLParser):
    """The texts of the cells of all tables, row by row; boxes of numbers apart."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.tips, self.in_tip = [], [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        words = dict(attrs).get("class", "") or ""
        if tag == "span":
            self.in_tip += bool(self.in_tip) or "number-tip" in words
            if "number-tip" in words:
                self.tips.append("")
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        if tag == "span" and self.in_tip:
            self.in_tip -= 1

    def handle_data(self, data):
        if self.in_tip:
            self.tips[-1] += data
        elif self.tables and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data.strip("\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the page with Sphinx alone; return its app and its tables."""
    root = tmp_path_factory.mktemp("zoo")
    for name in ("book/ledger.yml", zoo_file.FILE.as_posix()):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(layout.ROOT / name, root / name)
    (root / "index.md").write_text(PAGE)
    numbers = root / "book" / "appendix" / "numbers.md"
    numbers.parent.mkdir()
    numbers.write_text("---\norphan: true\n---\n# Numbers\n")
    extensions = ["myst_parser", "booksite.numbers", "booksite.zoo"]
    settings = {"extensions": extensions, "keep_warnings": True}
    out = root / "out"
    app = Sphinx(root, None, out, out / ".doctrees", "html", settings, status=None)
    app.build()
    return app, Cells((out / "index.html").read_text(encoding="utf-8"))


def lines(built):
    """Return the rows of the tables of costs, by net."""
    return {row[0]: row for table in built[1].tables[1:] for row in table[1:]}


def test_every_net_stands_in_the_table_once(built):
    names = [row[0] for table in built[1].tables[1:] for row in table[1:]]
    assert sorted(names) == [row["name"] for row in ROWS]
    assert len(built[1].tables) == 1 + len(zoo_file.by_work(ROWS))


def test_a_row_has_the_costs_of_its_net(built):
    found = lines(built)["vgg16"]
    numbers = [f"138{NBSP}M", f"15.5{NBSP}G", f"25.7{NBSP}MB", "212", "16"]
    assert found[1:7] == [f"224{TIMES}224{TIMES}3", *numbers]


def test_published_numbers_open_their_entry(built):
    found = lines(built)
    assert found["alexnet_grouped"][7:] == [
        f"40.7{NBSP}%",
        f"18.2{NBSP}%",
        f"ImageNet validation, 10{NBSP}crops",
    ]
    assert any(
        tip.endswith("Source: Krizhevsky et al. 2012, table 2 and section 4.1.")
        for tip in built[1].tips
    )
    assert found["resnet110_cifar"][9] == "CIFAR-10, best of five runs"
    assert found["lenet5_original"][7] == f"0.95{NBSP}%"


def test_no_line_ends_between_a_number_and_its_unit(built):
    cells = [cell for table in built[1].tables for row in table for cell in row]
    assert [cell for cell in cells if re.search(r"\d [kMGT%]|\d [x×]|\d crop", cell)] == []
    ends = f"60{NBSP}k to 61.7{NBSP}k"
    assert ends in cells, "a range may break behind its first number"
    crops = f"ImageNet validation, 1{NBSP}crop of 320{TIMES}320"
    assert any(cell.startswith(crops) for cell in cells)


def test_a_net_without_a_number_has_dashes(built):
    assert lines(built)["resnet50_v1_5"][7:] == ["\N{EN DASH}"] * 3
    assert lines(built)["googlenet"][7] == "\N{EN DASH}"
    assert lines(built)["googlenet"][8] == f"10.07{NBSP}%"


def test_the_timeline_goes_on_after_the_book(built):
    table = built[1].tables[0]
    years = [int(row[0]) for row in table[1:]]
    assert years == sorted(years)
    assert (years[0], years[-1]) == (1998, 2024)
    later = {row[2]: row for row in table if "(not here)" in row[2]}
    assert list(later) == [f"{net.name} (not here)" for net in zoo_file.LATER]
    assert later["EfficientNetV2-S (not here)"][3:] == [f"22{NBSP}M", "\N{EN DASH}", f"16.1{NBSP}%"]


def test_the_numbers_are_listed_as_printed_on_this_page(built):
    app, _ = built
    used = app.env.get_domain("number").used["index"]
    assert set(used) == zoo_file.keys(layout.ROOT, LEDGER)
    for key, shown in used.items():
        assert ledger.agrees(shown.replace(NBSP, " "), LEDGER[key]), key


def test_ids_of_boxes_are_unique(built):
    app, _ = built
    page = (app.outdir / "index.html").read_text(encoding="utf-8")
    ids = re.findall(r'id="(number-tip-[^"]+)"', page)
    assert len(ids) == len(set(ids)) > 50


# The plain part


def test_every_published_error_says_how_it_was_tested():
    for key in zoo_file.keys(layout.ROOT, LEDGER):
        if key.endswith("error"):
            assert zoo_file.test_of(LEDGER[key].meaning), key


def test_later_nets_have_what_the_ledger_has():
    for net in zoo_file.LATER:
        assert f"{net.key}.paper.top1_error" in LEDGER
        for key in (key for key in LEDGER if key.startswith(f"{net.key}.")):
            assert LEDGER[key].source.startswith(net.cite), key


def test_nets_of_a_work_stand_by_their_multiply_adds():
    works = zoo_file.by_work(ROWS)
    assert list(works) == sorted(works)
    for nets in works.values():
        counts = [net["macs"] for net in nets]
        assert counts == sorted(counts)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (84, "84"),
        (999, "999"),
        (999.6, "1 k"),
        (61_706, "61.7 k"),
        (3857973248, "3.86 G"),
    ],
)
def test_counts_have_three_digits(count, text):
    assert zoo_file.metric(count) == text


def test_a_tree_without_the_file_prints_no_keys(tmp_path):
    assert zoo_file.keys(tmp_path, LEDGER) == set()


def test_keys_are_those_that_there_are(tmp_path):
    file = tmp_path / zoo_file.FILE
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps([{"name": "toy"}, {"name": "other"}]))
    known = ["toy.paper.top1_error", "toy.paper.test_error", "toy.macs", "other.paper.top5_error"]
    assert zoo_file.keys(tmp_path, known) == {"toy.paper.top1_error", "other.paper.top5_error"}


def test_the_ledger_is_read_in_both_ways():
    assert set(ledger_file.read(layout.ROOT)) == set(LEDGER)
