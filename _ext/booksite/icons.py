"""Make the theme's icons light: it ships them twice, as 1.5 MB of script and as web fonts.

The script goes, and the fonts keep the icons that some page, script or style sheet names.
"""

import re
from pathlib import Path

from fontTools import subset
from sphinx.application import Sphinx

ICON = re.compile(r"\bfa-[a-z0-9-]+")
RULE = re.compile(
    r'((?:\.fa-[a-z0-9-]+:+before,?)+)\{content:"(?:\\([0-9a-f]+)|(.))(?:\\[0-9a-f]+)?"\}'
)
NAMED_POINT = re.compile(r'"\\(f[0-9a-f]{3})"')
SCRIPT = Path("scripts", "fontawesome.js")
FONTS = Path("vendor", "fontawesome", "webfonts")
FEWEST = 10  # fewer icons mean that the theme's style sheet was not understood: keep everything


def used_icons(site: Path) -> set[str]:
    """Names of the icons in the pages and scripts of a built site."""
    used: set[str] = set()
    for file in [*site.rglob("*.html"), *site.rglob("*.js")]:
        if file.name != SCRIPT.name:
            used.update(ICON.findall(file.read_text(encoding="utf-8", errors="ignore")))
    return used


def thin_rules(style: str, used: set[str]) -> tuple[str, set[int]]:
    """Keep the icon rules that are used.

    Args:
        style: a style sheet.
        used: names of icons, such as "fa-download".

    Returns:
        The shorter sheet, and the code points that it still needs.
    """
    points: set[int] = set()

    def keep(match: re.Match[str]) -> str:
        if not set(ICON.findall(match[1])) & used:
            return ""
        points.add(int(match[2], 16) if match[2] else ord(match[3]))
        return match[0]

    thin = RULE.sub(keep, style)
    points.update(int(point, 16) for point in NAMED_POINT.findall(RULE.sub("", thin)))
    return thin, points


def shrink_font(path: Path, points: set[int]) -> None:
    """Rewrite a font with the glyphs of some code points."""
    options = subset.Options(flavor="woff2", layout_features=["*"])
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    subset.save_font(font, str(path), options)


def slim(app: Sphinx, error: Exception | None) -> None:
    """Shrink scripts, style sheets and fonts of a finished build."""
    if error or app.builder.name != "html":
        return
    static = Path(app.outdir, "_static")
    script = static / SCRIPT
    fonts = [file for file in (static / FONTS).glob("*") if file.suffix in (".woff2", ".ttf")]
    if not script.exists() or not fonts:
        return
    used, points = used_icons(Path(app.outdir)), set[int]()
    thin = {}
    for sheet in static.rglob("*.css"):
        thin[sheet], needed = thin_rules(sheet.read_text(encoding="utf-8"), used)
        points |= needed
    if len(points) < FEWEST:
        return
    script.write_text("/* The icons come from the web fonts. */\n", encoding="utf-8")
    for sheet, text in thin.items():
        sheet.write_text(text, encoding="utf-8")
    for font in fonts:
        if font.suffix == ".woff2":
            shrink_font(font, points)
        else:
            font.unlink()
    for leftover in [*static.rglob("*.map"), *static.rglob("*webpack-macros.html")]:
        leftover.unlink()


def setup(app: Sphinx) -> None:
    """Shrink at the end of the build."""
    app.connect("build-finished", slim)
