"""A page keeps room for its labs, by their settings and the width of the column."""

import json
import re
from html import escape

import pytest

from booksite import lab_places
from course_lib.widgets.conv import conv
from course_lib.widgets.lab import Lab
from course_lib.widgets.stage import stage
from tests.site.measured import HEIGHT

CONV = conv(size=32)


def key(lab):
    return lab_places.key(lab.name, json.dumps(lab.settings))


def test_a_lab_is_known_by_its_name_and_settings():
    body = lab_places.named(stage().html() + "<p>Text.</p>" + CONV.html())
    classes = re.findall(r'<div class="lab-host ([^"]*)"', body)
    assert classes == [key(stage()), key(CONV)]
    assert re.fullmatch(r"conv-[0-9a-f]{12}", classes[1])
    assert key(conv(size=28)) != key(CONV)


def test_quotation_marks_make_no_difference():
    toy = Lab("toy", {"text": """it's "so" & <so>"""}, lambda: "")
    other = f'<div class="lab-host" data-lab="toy" data-props="{escape(json.dumps(toy.settings))}">'
    for html in (toy.html(), other):
        assert f'"lab-host {key(toy)}"' in lab_places.named(html)
    assert (
        lab_places.named('<div class="host" data-lab="toy">') == '<div class="host" data-lab="toy">'
    )


def test_room_is_kept_between_two_widths():
    heights = {"1000": 90, "200": 300, "220": 310, "240": 310, "260": 200}
    rules = lab_places.rules("toy-1", heights)
    found = re.findall(r"min-width: (\d+)px.*\.toy-1 .*min-height: (\d+)px", rules)
    assert found == [("200", "310"), ("260", "200"), ("1000", "90")]


@pytest.mark.parametrize("width", [375, 1280])
def test_a_page_keeps_room_before_a_lab_starts(browser, sample_site, width):
    page = browser.new_page(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page.goto((sample_site / "book" / "labs.html").as_uri())
    conv_lab, stage_lab = page.locator(".lab-host").all()
    assert round(conv_lab.bounding_box()["height"]) == HEIGHT
    assert stage_lab.bounding_box()["height"] < HEIGHT  # nobody has measured it
    page.emulate_media(media="print")
    assert conv_lab.bounding_box()["height"] < HEIGHT
    page.close()
