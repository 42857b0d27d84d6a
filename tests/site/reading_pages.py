"""Pages of the sample that are read: prose, terms, citations, figures, tables, equations."""

from course_lib.figure import figure_html
from tests.tiny import code, markdown

SVG = '<svg width="200" viewBox="0 0 20 10"><rect width="20" height="10" fill="#2b7bd0"/></svg>'
PROSE = (
    "A network that reads an image looks at it through small windows, and what it sees in one "
    "window it can see in every other, since the weights stay the same. "
)
START = f"""{PROSE * 4}

A {{term}}`receptive field` grows with depth, a {{term}}`stride` shrinks the map, and
{{cite:t}}`lecun1998` count them. See {{numref}}`fig-toy`, {{numref}}`fig-given`,
{{numref}}`table-toy` and {{eq}}`eq-toy`.
"""
MIDDLE = f"""## A second section

{PROSE * 2} Marmalade is a word that only this section holds {{cite:p}}`he2016`.

```{{figure}} pixel.svg
:name: fig-given
:alt: a blue pixel
:width: 40px
A picture that is given.
```

```{{table}} Costs of two layers.
:name: table-toy
| layer | weights |
|---|--:|
| C1 | 156 |
| C3 | 1,516 |
```

```{{math}}
:label: eq-toy
a = b + c
```

```{{note}}
A box with `code` in it.
```

```{{exercise}} Count
:label: ex-toy
How many?
```
"""
FIGURE = figure_html(SVG, "a blue bar", "Blue & drawn by a cell.")
UNNAMED = figure_html(SVG, "a blue bar", "Drawn, without a label.")
READING = [
    markdown("# Reading"),
    markdown(START),
    code("anything", "setup"),
    code("plots.show(bar)  # a comment\nx = [1.5, 'text']", "fig-toy", html=FIGURE),
    code("plots.show(other)", html=UNNAMED),
    markdown(MIDDLE),
]
GLOSSARY = r"""# Glossary

```{glossary}
receptive field
  The square of input pixels that one output can see; see [the start](start). Its side is $k$ for
  one layer.

  A second paragraph.

stride
  How far the kernel moves from one output to the next.
```
"""
BIBLIOGRAPHY = "# Bibliography\n\n```{bibliography}\n```\n"
PAGES = {
    "reading.ipynb": READING,
    "glossary.md": GLOSSARY,
    "appendix/bibliography.md": BIBLIOGRAPHY,
}
FILES = {
    "book/pixel.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
    "book/run_seconds.json": '{"book/reading.ipynb": {"cores": 2, "seconds": 15}}',
}
