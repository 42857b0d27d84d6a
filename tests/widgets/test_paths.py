"""The lab of paths: exact counts in both languages, and paths enumerated one by one."""

import itertools
import math

import numpy as np
import pytest

from course_lib.widgets import paths as paths_lab
from course_lib.widgets.paths import gradient_shares, path_counts


def random_settings(count, seed):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        blocks = int(rng.integers(1, 61))
        gone = rng.choice(blocks, int(rng.integers(0, blocks + 1)), replace=False) + 1
        gain = float(rng.integers(1, 41)) / 20
        found.append(paths_lab(blocks, removed=gone.tolist(), gain=gain).settings)
    return found


def enumerate_paths(blocks, removed, gain):
    """Return lengths and gradients of the paths that are left, one by one."""
    ways = itertools.product((0, 1), repeat=blocks)
    left = [way for way in ways if not any(way[block - 1] for block in removed)]
    return [sum(way) for way in left], [gain ** sum(way) for way in left]


def test_both_languages_count_what_math_comb_counts(call_each):
    expected = [[math.comb(n, k) for k in range(n + 1)] for n in range(61)]
    assert call_each("paths", "pathCounts", [[n] for n in range(61)]) == expected
    assert [path_counts(n) for n in range(61)] == expected


def test_both_languages_agree_on_thousands(call_each):
    drawn = random_settings(3000, seed=1)
    for one, found in zip(
        drawn, call_each("paths", "pathsOf", [[one] for one in drawn]), strict=True
    ):
        blocks, removed, gain = one["blocks"], one["removed"], one["gain"]
        left, top = blocks - len(removed), round(20 * gain)  # the gain is top / 20
        counts = [math.comb(left, k) for k in range(left + 1)]
        weights = [count * top**k * 20 ** (left - k) for k, count in enumerate(counts)]
        assert (found["all"], found["left"], found["counts"]) == (2**blocks, 2**left, counts)
        assert sum(counts) == found["left"]
        exact = [weight / sum(weights) for weight in weights]
        plain = 0 if removed else gain**blocks
        weighted = sum(k * share for k, share in enumerate(exact))
        for theirs, ours in (
            (found["shares"], [count / 2**left for count in counts]),
            (found["gradients"], exact),
            (gradient_shares(left, gain), exact),
            (found["factor"], sum(weights) / 20**left),
            (found["mean"], left / 2),
            (found["weighted"], weighted),
            (found["plain"]["left"], 0 if removed else 1),
            (found["plain"]["factor"], plain),
        ):
            assert np.allclose(theirs, ours, rtol=1e-12, atol=0), one


@pytest.mark.parametrize(("blocks", "removed"), [(1, []), (4, [2]), (9, [1, 9]), (12, [])])
def test_counts_are_those_of_the_paths_one_by_one(call, blocks, removed):
    lengths, gradients = enumerate_paths(blocks, removed, 0.3)
    found = call("paths", "pathsOf", {"blocks": blocks, "removed": removed, "gain": 0.3})
    assert found["left"] == len(lengths)
    assert found["counts"] == np.bincount(lengths).tolist()
    assert found["mean"] == pytest.approx(np.mean(lengths))
    by_length = np.bincount(lengths, weights=gradients) / sum(gradients)
    assert found["gradients"] == pytest.approx(by_length.tolist())
    assert found["weighted"] == pytest.approx(np.average(lengths, weights=gradients))
    assert found["factor"] == pytest.approx(sum(gradients))


def test_routes_are_the_paths(call):
    for blocks in (1, 3, 4):
        found = call("paths", "routes", blocks)
        entered = {tuple(route["entered"]) for route in found}
        subsets = [itertools.combinations(range(1, blocks + 1), k) for k in range(blocks + 1)]
        assert entered == set(itertools.chain(*subsets))
        assert [route["length"] for route in found] == [len(route["entered"]) for route in found]


def test_lengths_of_the_paper(call):
    # Veit et al. 2016, section 5: of 54 blocks, more than 95 % of the paths enter 19 to 35.
    found = call("paths", "pathsOf", {"blocks": 54, "removed": [], "gain": 1})
    assert sum(found["shares"][19:36]) > 0.95
    assert found["gradients"] == pytest.approx(found["shares"])  # with gain 1 all weigh the same
    low, high = call("paths", "middle", found["shares"])
    assert 19 <= low < high <= 35


def test_middle_leaves_the_tails_out(call_each):
    given = [gradient_shares(n, gain / 10) for n in range(0, 61, 3) for gain in range(1, 20, 3)]
    for shares, (low, high) in zip(
        given, call_each("paths", "middle", [[shares] for shares in given]), strict=True
    ):
        assert sum(shares[:low]) <= 0.025 + 1e-12
        assert sum(shares[high + 1 :]) <= 0.025 + 1e-12
        assert sum(shares[: low + 1]) > 0.025 - 1e-12
        assert sum(shares[high:]) > 0.025 - 1e-12


def test_what_a_link_takes_out_is_put_right(call):
    given = [3, 1, 3, 9, 0, -1, 2.5, "2", None]
    assert call("paths", "removedOf", 4, given) == [1, 3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"blocks": 0}, "blocks must be an integer from 1 to 60, got 0"),
        ({"blocks": 61}, "got 61"),
        ({"removed": [5]}, "each of removed must be an integer from 1 to 4, got 5"),
        ({"removed": [2, 2]}, r"removed must name each block once, got \[2, 2\]"),
        ({"gain": 0}, "gain must be a number from 0.05 to 2, got 0"),
        ({"gain": "1"}, "gain must be a number"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        paths_lab(**options)


def test_figure_draws_all_paths():
    html = paths_lab(4, removed=[2]).html()
    assert html.count("<rect") == 8 + 4 + 2 + 1  # copies of f1 to f4
    assert html.count(" gone</text>") == 8
    assert html.count("stroke-dasharray") == 2 * (4 + 4) + 4  # through f1, through f2, past f1
    assert "4 residual blocks make 16 paths. Without 1 of the blocks 8 remain" in html
    assert "8 of 16 are left" in html


def test_figure_draws_bars_of_many_blocks():
    html = paths_lab(60).html()
    assert 'role="img"' in html
    assert "60 residual blocks make 1,152,921,504,606,846,976 paths" in html
    assert "weighted by the gradient, with gain 0.5, 20.00" in html
    assert html.count("<rect") == 0


@pytest.mark.parametrize("blocks", [1, 4, 5, 60])
@pytest.mark.parametrize("gone", [0, 1])
def test_figure_is_small(blocks, gone):
    assert len(paths_lab(blocks, removed=range(1, gone + 1)).html()) < 15_000
    assert len(paths_lab(blocks, removed=range(1, blocks + 1)).html()) < 15_000


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(paths_lab(), width=width)
    said, keys = lab.locator("[role=status]"), lab.page.keyboard
    assert said.inner_text() == "4 residual blocks: 16 paths; a plain net of 4 layers has 1."
    lab.get_by_role("button", name="Take out block 1").focus()
    keys.press("ArrowRight")
    keys.press("Space")
    assert "without block 2: 8 of 16 paths are left" in said.inner_text()
    keys.press("ArrowRight")
    keys.press("Enter")
    assert "without blocks 2 and 3: 4 of 16 paths are left; in a plain net" in said.inner_text()
    assert lab.locator(".paths-switches [aria-pressed=true]").all_inner_texts() == ["2", "3"]
    assert "removed=%5B2%2C3%5D" in lab.locator("a.lab-link").get_attribute("href")
    assert lab.locator(".paths-unrolled rect").count() == 15
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width
    lab.get_by_role("slider", name="Residual blocks").focus()
    keys.press("End")
    assert f"{2**58:,} of {2**60:,} paths are left" in said.inner_text()
    assert lab.locator(".paths-unrolled").count() == 0
    lab.get_by_label("Blocks taken out").focus()
    keys.press("Home")
    assert said.inner_text().startswith(f"60 residual blocks: {2**60:,} paths;")
    lab.locator("summary").focus()
    keys.press("Enter")
    lab.locator("details table").wait_for()
    cells = lab.locator("details table tbody tr").nth(30).locator("td").all_inner_texts()
    assert cells[0] == f"{math.comb(60, 30):,}"
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_table_names_every_path(alive):
    lab = alive(paths_lab(3, removed=[1]), color_scheme="dark")
    lab.locator("summary").click()
    rows = lab.locator("details table").nth(1).locator("tbody tr")
    rows.first.wait_for()
    assert rows.count() == 8
    assert rows.nth(7).locator("td").all_inner_texts() == ["1, 2 and 3", "3", "no"]
    assert rows.nth(6).locator("td").all_inner_texts() == ["2 and 3", "2", "yes"]


def test_touch_takes_out_and_puts_back(alive):
    lab = alive(paths_lab(16), has_touch=True)
    button = lab.get_by_role("button", name="Take out block 16")
    button.tap()
    assert "without block 16: 32,768 of 65,536 paths" in lab.locator("[role=status]").inner_text()
    button.tap()
    assert button.get_attribute("aria-pressed") == "false"
