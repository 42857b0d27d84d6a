"""Labs come to life on a static page, without a kernel, and obey the keyboard."""

import pytest


@pytest.fixture
def conv(visit):
    return visit("book/labs.html").page.locator(".lab-host[data-lab=conv]")


@pytest.fixture
def stage(visit):
    return visit("book/labs.html").page.locator(".lab-host[data-lab=stage]")


def said(lab):
    return lab.locator("[role=status]").inner_text()


def test_settings_stand_in_the_address_and_come_back(visit, stage):
    stage.get_by_label("Width", exact=True).fill("64")
    stage.get_by_label("Block", exact=True).select_option("basic")
    address = stage.locator("a.lab-link").get_attribute("href")
    assert address == "#lab=stage&kind=%22basic%22&width=64"
    stage.page.wait_for_url(lambda url: url.endswith(address))  # once the reader pauses
    again = visit("book/labs.html" + address, own=True).page.locator(".lab-host[data-lab=stage]")
    assert again.get_by_label("Width", exact=True).input_value() == "64"
    assert again.get_by_label("Block", exact=True).input_value() == "basic"


@pytest.mark.parametrize(
    "broken",
    ["width=1e9", "width=%22wide%22", "width=", "kind=%22ladder%22", "nothing=1", "kind=[1]"],
)
def test_settings_that_cannot_be_are_left_alone(visit, broken):
    seen = visit(f"book/labs.html#lab=stage&{broken}", own=True)
    lab = seen.page.locator(".lab-host[data-lab=stage]")
    assert lab.get_by_label("Width", exact=True).input_value() == "128"
    assert lab.get_by_label("Block", exact=True).input_value() == "bottleneck"


def test_kernel_moves_by_keyboard(conv):
    assert said(conv).startswith("Output row 15, column 15")
    conv.locator("canvas").first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        conv.page.keyboard.press(key)
    assert said(conv).startswith("Output row 17, column 16")
    conv.locator("canvas").nth(1).focus()
    conv.page.keyboard.press("ArrowLeft")
    assert said(conv).startswith("Output row 17, column 15")


def test_sum_is_of_the_products_shown(conv):
    products = conv.locator(".conv-product").all_inner_texts()
    numbers = [float(text.strip("= ").replace("\N{MINUS SIGN}", "-")) for text in products]
    total = float(said(conv).split()[-1].rstrip(".").replace("\N{MINUS SIGN}", "-"))
    assert len(numbers) == 25
    assert any(numbers)
    assert total == pytest.approx(sum(numbers), abs=0.13)  # each is rounded to two decimals


def test_reader_draws_by_keyboard(conv):
    conv.get_by_label("Picture", exact=True).select_option("empty")
    conv.get_by_label("Kernel", exact=True).select_option("identity")
    assert said(conv).endswith("add up to 0.")
    conv.get_by_label("Pointer and keys").select_option("draw")
    conv.locator("canvas").first.focus()
    conv.page.keyboard.press("Space")  # the pen starts in the middle, under the kernel's centre
    assert said(conv).endswith("add up to 1.")
    conv.page.keyboard.press("ArrowRight")
    conv.get_by_label("Pointer and keys").select_option("erase")
    conv.locator("canvas").first.focus()
    conv.page.keyboard.press("ArrowLeft")
    conv.page.keyboard.press("Space")
    assert said(conv).endswith("add up to 0.")


def test_reader_draws_with_the_mouse(conv):
    conv.get_by_label("Picture", exact=True).select_option("empty")
    conv.get_by_label("Kernel", exact=True).select_option("blur")
    conv.get_by_label("Pointer and keys").select_option("draw")
    canvas = conv.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    y = box["y"] + box["height"] * 16.5 / 32
    conv.page.mouse.move(box["x"] + box["width"] * 12.5 / 32, y)
    conv.page.mouse.down()
    conv.page.mouse.move(box["x"] + box["width"] * 20.5 / 32, y, steps=40)
    conv.page.mouse.up()
    assert said(conv).endswith("add up to 0.2.")  # five of the window's 25 pixels, a 25th each


def test_weights_are_edited_and_reached_by_arrows(conv):
    conv.get_by_label("Kernel", exact=True).select_option("identity")
    first = conv.get_by_label("Weight in row 1, column 1")
    first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        conv.page.keyboard.press(key)
    conv.page.keyboard.type("3")
    conv.page.keyboard.press("Enter")
    assert conv.get_by_label("Weight in row 3, column 3").input_value() == "3"
    assert conv.get_by_label("Kernel", exact=True).input_value() == "your own"
    assert first.get_attribute("tabindex") == "-1"


@pytest.mark.parametrize(
    ("stride", "padding", "side"), [("1", "0", 28), ("2", "0", 14), ("1", "2", 32), ("3", "1", 10)]
)
def test_stride_and_padding_change_the_output(conv, stride, padding, side):
    conv.get_by_label("Stride", exact=True).select_option(stride)
    conv.get_by_label("Padding").select_option(padding)
    assert f"the output has {side} \u00d7 {side} numbers" in conv.locator(".lab-note").inner_text()


def test_stage_is_recomputed(stage):
    # conv3_x of ResNet-50: 1x1, 3x3, 1x1 and one projection, as in the paper's table 1
    weights = 256 * 128 + 9 * 128**2 + 128 * 512 + 256 * 512 + 3 * (2 * 512 * 128 + 9 * 128**2)
    trained = weights + 2 * (4 * (128 + 128 + 512) + 512)
    assert f"{trained:,} trainable parameters" in said(stage)
    stage.get_by_label("Shortcut", exact=True).focus()
    stage.get_by_label("Shortcut", exact=True).select_option("none")
    plain = trained - 256 * 512 - 2 * 512
    assert f"{plain:,} trainable parameters" in said(stage)
    stage.get_by_label("Block", exact=True).select_option("basic")
    assert not stage.get_by_label("Stride sits on").is_visible()


def test_stage_explains_what_cannot_be(stage):
    stage.get_by_label("Shortcut", exact=True).select_option("zero_pad")
    stage.get_by_label("Width").fill("32")
    assert "can only add channels: the block gets 256 and gives 128" in said(stage)
    stage.get_by_label("Width").fill("64")
    assert said(stage).startswith("Output 28 \u00d7 28 \u00d7 256")


def test_stage_accepts_the_keyboard(stage):
    stage.get_by_label("Blocks", exact=True).focus()
    stage.page.keyboard.press("ArrowUp")
    assert "Blocks 2 to 5, each" in stage.locator("table").inner_text()
