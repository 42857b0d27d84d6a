"""Labs are measured at each width, by their settings."""

import lab_heights
from booksite import lab_places

LAB = """<div class="lab-host" data-lab="{name}" data-props='{props}'></div>"""
LONG = """<div class="lab-host b-0123456789ab" data-lab="b" data-settings="b-0123456789ab"></div>"""
SCRIPT = """<script>for (const lab of document.querySelectorAll(".lab-host")) {
  lab.innerHTML = "<div style='aspect-ratio: 2'></div><p style='height: 9.5px; margin: 0'></p>";
  lab.dataset.alive = "true";
}</script>"""


def test_heights_are_those_of_each_width(browser, tmp_path):
    labs = LAB.format(name="a", props='{"x": 1}') + LAB.format(name="a", props="{}")
    hosts = lab_places.named(labs) + LONG
    for name, body in (("index", ""), ("labs", hosts + SCRIPT), ("plain", "<p>Text.</p>")):
        (tmp_path / f"{name}.html").write_text(f"<!doctype html>{body}")
    found = lab_heights.measure(browser, tmp_path)
    short = {lab_places.key("a", '{"x": 1}'), lab_places.key("a", "{}")}
    assert found.keys() == short | {"b-0123456789ab"}
    for heights in found.values():
        assert len(heights) == len(lab_heights.WIDTHS)
        assert (heights["200"], heights["900"]) == (110, 460)


def test_without_a_site_nothing_is_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lab_heights.one_file, "SITE", tmp_path)
    assert lab_heights.main() == 1
    assert "run: make book" in capsys.readouterr().err
