"""A table reads the same as text, HTML and JSON."""

import json

import pytest

from course_lib.tables import Table

TABLE = Table("What <it> costs", ("net", "output", "MACs"), (("a<b", (2, 3), 1234), ("c", "", 5)))


def test_text_lines_up():
    assert str(TABLE).splitlines() == [
        "net  output   MACs",
        "a<b   2 x 3  1,234",
        "c                5",
    ]


@pytest.mark.parametrize(
    "part",
    [
        "<caption>What &lt;it&gt; costs</caption>",
        '<th scope="col">MACs</th>',
        '<th scope="row">a&lt;b</th><td>2 x 3</td><td>1,234</td>',
    ],
)
def test_html_has_headers_and_escapes(part):
    assert part in TABLE._repr_html_()


def test_json_keeps_numbers():
    assert json.loads(TABLE.to_json())[0] == {"net": "a<b", "output": [2, 3], "MACs": 1234}
