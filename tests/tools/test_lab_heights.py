"""Labs are measured at each width, by their settings."""

import lab_heights
from booksite import lab_places

LAB = """<div class="lab-host" data-lab="{name}" data-props='{props}'></div>"""
SCRIPT = """<script>for (const lab of document.querySelectorAll(".lab-host")) {
  lab.innerHTML = "<div style='aspect-ratio: 2'></div><p style='height: 9.5px; margin: 0'></p>";
  lab.dataset.alive = "true";
}</script>"""


def test_heights_are_those_of_each_width(browser, tmp_path):
    hosts = LAB.format(name="a", props='{"x": 1}') + LAB.format(name="a", props="{}")
    for name, body in (("index", ""), ("labs", hosts + SCRIPT), ("plain", "<p>Text.</p>")):
        (tmp_path / f"{name}.html").write_text(f"<!doctype html>{body}")
    found = lab_heights.measure(browser, tmp_path)
    assert found.keys() == {lab_places.key("a", '{"x": 1}'), lab_places.key("a", "{}")}
    for heights in found.values():
        assert len(heights) == len(lab_heights.WIDTHS)
        assert (heights["200"], heights["900"]) == (110, 460)


def test_without_a_site_nothing_is_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lab_heights.one_file, "SITE", tmp_path)
    assert lab_heights.main() == 1
    assert "run: make book" in capsys.readouterr().err
