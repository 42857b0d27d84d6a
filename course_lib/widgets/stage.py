"""Lab of the ResNet chapter: build a stage of residual blocks, see what each layer costs."""

from html import escape
from typing import Any

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice, check_range

KINDS = ("basic", "bottleneck")
SHORTCUTS = ("zero_pad", "projection", "projection_all", "none")


def stage(
    kind: str = "bottleneck",
    width: int = 128,
    *,
    blocks: int = 4,
    stride: int = 2,
    shortcut: str = "projection",
    stride_on: str = "1x1",
    input_shape: tuple[int, int] = (56, 256),
) -> Lab:
    """Show a stage of residual blocks: shapes, trainable parameters and multiply-adds by layer.

    He et al. 2016, table 1 and figure 5; it starts as stage conv3_x of ResNet-50.

    Args:
        kind: "basic" (two 3x3) or "bottleneck" (1x1, 3x3, 1x1).
        width: channels before expansion, 1 to 1024.
        blocks: number of blocks, 1 to 50.
        stride: of the first block, 1 or 2.
        shortcut: "zero_pad" (option A), "projection" (B), "projection_all" (C) or "none".
        stride_on: which convolution of a bottleneck has the stride, "1x1" or "3x3".
        input_shape: side in pixels, 1 to 512, and channels, 1 to 4096, of what comes in.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds.
    """
    size, channels = input_shape
    check_choice("kind", kind, KINDS)
    check_choice("shortcut", shortcut, SHORTCUTS)
    check_choice("stride_on", stride_on, ("1x1", "3x3"))
    check_choice("stride", stride, (1, 2))
    check_range("width", width, 1, 1024)
    check_range("blocks", blocks, 1, 50)
    check_range("input size", size, 1, 512)
    check_range("input channels", channels, 1, 4096)
    settings = {
        "kind": kind,
        "width": width,
        "blocks": blocks,
        "stride": stride,
        "shortcut": shortcut,
        "stride_on": stride_on,
        "input_size": size,
        "channels": channels,
    }
    return Lab("stage", settings, lambda: figure(settings))


def build(settings: dict[str, Any]) -> Any:
    """Build the stage as a Keras model.

    Args:
        settings: those of the lab.

    Returns:
        A `keras.Model` from (B, size, size, channels) to the stage's output.
    """
    # The lab itself needs no Keras; its static figure does.
    import keras

    from course_lib.nets.resnet import basic_block, bottleneck_block

    image = keras.Input((settings["input_size"], settings["input_size"], settings["channels"]))
    x = image
    for index in range(1, settings["blocks"] + 1):
        options = {
            "stride": settings["stride"] if index == 1 else 1,
            "shortcut": settings["shortcut"],
            "name": f"stage1_block{index}",
        }
        if settings["kind"] == "basic":
            x = basic_block(x, settings["width"], **options)
        else:
            x = bottleneck_block(x, settings["width"], stride_on=settings["stride_on"], **options)
    return keras.Model(image, x)


def figure(settings: dict[str, Any]) -> str:
    """Draw the multiply-adds of the first block, layer by layer, without scripts."""
    from course_lib.cost import cost

    total = cost(build(settings))
    rows = [row for row in total.layers if row.macs and "_block1_" in row.name]
    most = max(row.macs for row in rows)
    bars = "".join(_bar(i, row, most) for i, row in enumerate(rows))
    height = 46 * len(rows)
    shape = "\N{MULTIPLICATION SIGN}".join(map(str, total.layers[-1].shape))
    alt = f"Multiply-adds of the {len(rows)} convolutions in the first block of the stage."
    caption = (
        f"The first of {settings['blocks']} {settings['kind']} blocks, convolution by convolution. "
        f"The stage gives {shape}, with {total.trainable:,} trainable parameters and "
        f"{total.macs:,} multiply-adds for one image."
    )
    svg = (
        f'<svg viewBox="0 0 600 {height}" style="width:100%;max-width:44rem" '
        f'fill="currentColor" font-size="15">{bars}</svg>'
    )
    return figure_html(svg, alt, caption)


def _bar(index: int, row: Any, most: int) -> str:
    """Draw one layer: its name and shape, a bar as long as its share, the number."""
    name = row.name.removeprefix("stage1_block1_").removesuffix("_conv").replace("skip", "shortcut")
    shape = "\N{MULTIPLICATION SIGN}".join(map(str, row.shape))
    y = 46 * index
    return (
        f'<text x="0" y="{y + 16}">{escape(name)}, output {shape}</text>'
        f'<rect x="0" y="{y + 22}" width="{440 * row.macs / most:.1f}" height="14" opacity="0.55"/>'
        f'<text x="{450 * row.macs / most + 8:.1f}" y="{y + 34}" font-size="13">{row.macs:,}</text>'
    )
