"""Tags are found where they stand, and only those are changed."""

import pytest

from booksite import markup


@pytest.mark.parametrize(
    "page",
    [
        "<p>a</p>",
        '<!DOCTYPE html>\n<p\n  class="x"\n>é</p>\n<br/><img src=a.png>',
        "<script>if (a < b) '<p>'</script>\n<p>",
        "<!-- <p> --><td>1 < 2",
    ],
)
def test_each_tag_stands_where_it_is_said_to(page):
    for tag in markup.tags(page):
        text = page[tag.start : tag.end]
        assert text.startswith(f"</{tag.name}" if tag.closing else f"<{tag.name}")
        assert text.endswith(">")
        assert tag.empty == text.endswith("/>")


def test_attributes_are_read_and_written():
    (tag,) = markup.tags("<A HREF='x?a=1&amp;b=\"2\"' hidden hidden=no>")
    assert tag.name == "a"
    assert tag.attributes == {"href": 'x?a=1&b="2"', "hidden": None}
    assert tag.text(tag.attributes) == '<a href="x?a=1&amp;b=&quot;2&quot;" hidden>'
    (tag,) = markup.tags("<path d='M0'/>")
    assert tag.text({}) == "<path/>"


def test_elements_reach_from_tag_to_tag():
    page = "<a>1</a><p></p><a>2</a></a><a>3"
    found = [page[a.end : b.start] for a, b in markup.spans(markup.tags(page), "a")]
    assert found == ["1", "2"]


def test_parts_are_replaced_in_any_order():
    assert markup.changed("abcdef", [(4, 5, "E"), (0, 1, ""), (2, 2, "+")]) == "b+cdEf"
    assert markup.changed("abc", []) == "abc"
