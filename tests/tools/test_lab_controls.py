"""Controls of a lab are found with their keys; what cannot be used is left out."""

import lab_controls

LAB = """<div id="lab"><select><option>a<option>b</select><input type="number" value="1">
<input type="range"><input type="checkbox"><canvas tabindex="0"></canvas>
<button>more</button><button disabled>never</button><input hidden><canvas></canvas>
<input size="3"></div><button>outside</button>"""


def test_each_control_has_keys_that_change_it(browser):
    page = browser.new_page()
    page.set_content(LAB)
    found = list(lab_controls.controls(page.locator("#lab")))
    assert [keys[0] for _, keys in found] == [
        *("ArrowDown", "ArrowUp", "ArrowRight", "Space", "ArrowRight", "Enter", "ArrowRight")
    ]
    for (control, keys), changed in zip(found, ("b", "2", "51"), strict=False):
        control.press(keys[0])
        assert control.input_value() == changed
    found[3][0].press(found[3][1][0])
    assert found[3][0].is_checked()
    page.close()
