"""Taking solution regions out of a cell: one test a rule."""

import pytest

from instructor import edition_regions as regions

FUNCTION = '''def f(x):
    """Doc."""
    ### BEGIN SOLUTION
    y = 2 * x
    return y
    ### END SOLUTION'''


def test_a_region_becomes_a_stub_at_its_indent():
    stub, found = regions.split(FUNCTION)
    assert stub == ('def f(x):\n    """Doc."""\n    raise NotImplementedError("your code here")')
    assert found == [["    y = 2 * x", "    return y"]]


def test_lines_around_a_region_stay_and_regions_may_follow_each_other():
    code = (
        "a\n### BEGIN SOLUTION\nb\n### END SOLUTION\nc\n### BEGIN SOLUTION\nd\n### END SOLUTION\n"
    )
    stub, found = regions.split(code)
    assert stub == f"a\n{regions.STUB}\nc\n{regions.STUB}\n"
    assert found == [["b"], ["d"]]


def test_a_cell_without_region_is_unchanged():
    code = "x = 1  # the solution\n# solutions differ"
    assert regions.split(code) == (code, [])


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (f"{regions.BEGIN}\na", "line 1: the region is not closed"),
        (f"a\n{regions.END}", "line 2: .* closes nothing"),
        (f"{regions.BEGIN}\n{regions.BEGIN}\na\n{regions.END}", "line 2: .* inside the one of"),
        (f"{regions.BEGIN}\n\n{regions.END}", "line 3: an empty region"),
        (f"# BEGIN SOLUTION\na\n{regions.END}", "line 1: '# BEGIN SOLUTION'"),
        ("  ###begin solution", "line 1: '###begin solution'"),
        ("### BEGIN SOLUTIONS", "line 1: '### BEGIN SOLUTIONS'"),
        ("### BEGIN_SOLUTION", "line 1: '### BEGIN_SOLUTION'"),
        (f"{regions.BEGIN}\na\n### END SOLUTION here", "line 3: '### END SOLUTION here'"),
    ],
)
def test_a_malformed_region_is_refused(code, message):
    with pytest.raises(regions.MalformedRegion, match=message):
        regions.split(code)


def test_a_mark_in_other_text_is_refused():
    regions.refuse("### A heading\n`### BEGIN SOLUTION` opens a region")
    with pytest.raises(regions.MalformedRegion, match="line 2"):
        regions.refuse("text\n### BEGIN SOLUTION\n")
