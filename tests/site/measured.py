"""What was measured of the sample: its performance, which a page prints, and the room of a lab."""

import json

from booksite import lab_places
from course_lib.widgets.conv import conv

LAB = conv(size=32)
HEIGHT = 1234  # pixels of that lab, at each width
HEIGHTS = {lab_places.key(LAB.name, json.dumps(LAB.settings)): {"200": HEIGHT, "900": HEIGHT}}

STORED = {
    "measures": {
        "text_page": {"book": 118_000.0, "sample": 105_000.0, "stock": 149_000.0},
        "lab_page": {"book": 470_000.0, "sample": 440_000.0, "stock": None},
        "first_paint": {"book": 1.7, "sample": 1.2, "stock": 1.4},
    },
    "pages": {"book/text.html": 118_000, "book/lab.html": 470_000},
    "provenance": {"command": "make performance", "versions": {"chromium": "150.0"}},
}
PAGES = {"appendix/performance.md": "# Performance\n\n```{site-performance}\n```\n"}
FILES = {
    "book/site_performance.json": json.dumps(STORED),
    "book/lab_heights.json": json.dumps(HEIGHTS),
}
