"""A site of two pages as the theme writes it, with the vendored MathJax, in no time."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIDE = """<nav class="bd-links"><a class="reference internal" href="{home}">Home</a>
<p class="caption">Part I</p><a class="reference internal" href="{one}">One</a></nav>"""
PAGE = """<!DOCTYPE html><html lang="en"><head><title>x</title>
<link rel="stylesheet" type="text/css" href="{up}/_static/site.css?v=1" /></head>
<body>{side}<article class="bd-article">{body}</article></body></html>
"""
START = """<section id="start"><h1>Start<a class="headerlink" href="#start">#</a></h1>
<p><a href="one.html#second" aria-describedby="tip">one</a><span class="tip" id="tip">tip</span>
<a href="one.html">the page</a> <a href="{up}/_sources/one.ipynb">the notebook</a>
<a href="https://example.org/">elsewhere</a></p>
<style>p { color: red }</style><script>document.title = "run"</script><button>x</button>{more}
</section>"""
ONE = """<section id="one"><h1>One</h1>
<section id="second"><h2>Second</h2><p id="second">Text.</p></section></section>"""


def write(root: Path, more: str = "") -> Path:
    """Write the site.

    Args:
        root: an empty folder.
        more: goes into the start page.
    """
    (root / "book").mkdir()
    (root / "_static").mkdir()
    (root / "_static" / "vendor").symlink_to(ROOT / "web" / "vendor")
    (root / "_static" / "site.css").write_text("p { margin: 0 }")
    (root / "_static" / "cover.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 96"/>'
    )
    (root / "index.html").write_text(
        '<meta http-equiv="Refresh" content="0; url=book/start.html" />'
    )
    body = START.replace("{more}", more).replace("{up}", "..")
    start = PAGE.format(side=SIDE.format(home="#", one="one.html"), body=body, up="..")
    (root / "book" / "start.html").write_text(start)
    one = PAGE.format(side=SIDE.format(home="start.html", one="#"), body=ONE, up="..")
    (root / "book" / "one.html").write_text(one)
    return root
