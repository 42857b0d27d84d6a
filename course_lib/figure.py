"""A drawing on a page: an HTML `figure` with its alternative text and caption."""

from html import escape


def figure_html(svg: str, alt: str, caption: str = "") -> str:
    """Wrap a drawing as a figure that a screen reader names.

    Args:
        svg: an `svg` element with a `viewBox`, without role and label.
        alt: what the figure shows, for readers who cannot see it; required.
        caption: text under the figure.

    Returns:
        HTML; `alt` and `caption` are escaped.

    Raises:
        ValueError: an empty `alt`.
    """
    check_alt(alt)
    named = svg.replace("viewBox=", f'role="img" aria-label="{escape(alt)}" viewBox=', 1)
    under = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return (
        '<figure class="course-figure" style="margin:1em 0;overflow-x:auto">'
        f"{named}{under}</figure>"
    )


def check_alt(alt: str) -> None:
    """Raise `ValueError` unless `alt` says something."""
    if not alt.strip():
        raise ValueError("alt is empty: say in a sentence what the figure shows")
