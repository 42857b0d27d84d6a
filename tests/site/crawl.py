"""A walk over every page of a site: what each asks for, complains about, leads to and does.

Each page is opened in each look. In the first look its labs and questions are used, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import one_file
from lab_controls import controls
from performance_pages import page_names
from tests.site import quiz_right
from tests.site.browser import Visit

HEIGHT = 800
SLICE = 8_000  # pixels of a picture; a browser draws none that is much higher
LINKS = """() => ({
    theme: document.documentElement.dataset.theme,
    ids: [...document.querySelectorAll("[id], a[name]")].map((e) => e.id || e.name),
    links: [...document.querySelectorAll("a[href]:not(.lab-link), area[href]")]
        .map((link) => new URL(link.getAttribute("href"), document.baseURI).href),
})"""
# What a lab shows beside its controls, after the next frame.
SHOWN = """async (lab) => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const copy = lab.cloneNode(true);
    for (const part of copy.querySelectorAll(".lab-field, .lab-link")) part.remove();
    return copy.innerHTML + [...lab.querySelectorAll("canvas")].map((one) => one.toDataURL());
}"""

# The height that a page keeps for a lab, and the one that it has.
ROOM = """(lab) => {
    const kept = parseFloat(getComputedStyle(lab).minHeight) || 0;
    lab.style.minHeight = "0";
    const own = lab.getBoundingClientRect().height;
    lab.style.minHeight = "";
    return [kept, own];
}"""


@dataclass(frozen=True)
class Look:
    """A width of the window in pixels, and "light" or "dark"."""

    width: int
    theme: str


LOOKS = (Look(1280, "light"), Look(375, "dark"))
ALL_LOOKS = (*LOOKS, Look(1280, "dark"), Look(375, "light"))


@dataclass
class Seen:
    """What one page did in one look.

    Args:
        name: of its file in the site.
        look: in which it was opened.
        theme: that it showed.
        overflow: pixels by which it is wider than the window, after its labs were used as well.
        outside: requests that left the site.
        errors: of scripts and files, and warnings.
        ids: that links can lead to.
        links: addresses of its links.
        rooms: pixels that the page keeps for each lab and that this takes, by name.
        labs: whether a key changed what each lab shows, by name.
        answers: what was said to the right answer, by question.
    """

    name: str
    look: Look
    theme: str
    overflow: int
    outside: list[str]
    errors: list[str]
    ids: frozenset[str]
    links: list[str]
    rooms: dict[str, list[float]]
    labs: dict[str, bool] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)


def walk(browser, site: Path, shots: Path | None = None) -> list[Seen]:
    """Open every page of a site.

    Args:
        browser: to open it in.
        site: the folder of the site.
        shots: folder for a picture of each page in each look, the looks of this then being all;
            None for no pictures.
    """
    seen = []
    for look in LOOKS if shots is None else ALL_LOOKS:
        size = {"width": look.width, "height": HEIGHT}
        tab = browser.new_page(viewport=size, color_scheme=look.theme)
        visit = Visit(tab, site)
        for name in page_names(site):
            visit.open(name)
            if shots is not None:
                shoot(tab, shots / f"{name.removesuffix('.html')}-{look.width}-{look.theme}", look)
            seen.append(_see(visit, name, look, use=look == LOOKS[0]))
        tab.context.close()
    return seen


def _see(visit: Visit, name: str, look: Look, *, use: bool) -> Seen:
    found = visit.page.evaluate(LINKS)
    hosts = {
        f"{no} {lab.get_attribute('data-lab')}": lab
        for no, lab in enumerate(visit.page.locator(".lab-host").all())
    }
    rooms = {key: lab.evaluate(ROOM) for key, lab in hosts.items()}
    labs, answers = {}, {}
    if use:
        labs = {key: reacts(lab) for key, lab in hosts.items()}
        questions = visit.page.locator(".quiz[data-quiz]").all()
        answers = {one.get_attribute("id"): quiz_right.answer(one) for one in questions}
    return Seen(
        name=name,
        look=look,
        theme=found["theme"],
        overflow=visit.overflow(),
        outside=list(visit.outside),
        errors=list(visit.errors),
        ids=frozenset(found["ids"]),
        links=found["links"],
        rooms=rooms,
        labs=labs,
        answers=answers,
    )


def reacts(lab) -> bool:
    """Press keys in the controls of a lab until what it shows changes; tell whether it did."""
    before = lab.evaluate(SHOWN)
    for control, keys in controls(lab):
        for key in keys:
            control.press(key)
            if lab.evaluate(SHOWN) != before:
                return True
    return False


def shoot(tab, place: Path, look: Look) -> None:
    """Write PNG pictures of a whole page, the parts of a long one with a number behind."""
    height = tab.evaluate("document.documentElement.scrollHeight")
    for part, top in enumerate(range(0, height, SLICE)):
        clip = {"x": 0, "y": top, "width": look.width, "height": min(SLICE, height - top)}
        picture = tab.screenshot(full_page=True, clip=clip, animations="disabled")
        number = f"-{part + 1}" if part else ""
        one_file.write(place.with_name(f"{place.name}{number}.png"), picture)


def broken_links(seen: Sequence[Seen], site: Path) -> Iterable[str]:
    """Yield a line for each link inside the site that leads nowhere."""
    base = f"{site.as_uri()}/"
    ids = {one.name: one.ids for one in seen}
    for one in (one for one in seen if one.look == LOOKS[0]):
        for link in one.links:
            address, _, anchor = link.partition("#")
            if not address.startswith("file:///"):  # with a host, it leads out of a served site
                continue
            name = unquote(address.removeprefix(base).partition("?")[0])
            if not address.startswith(base) or not (site / name).is_file():
                yield f"{one.name}: {link} is no file of the site"
            elif anchor and unquote(anchor) not in ids.get(name, ()):
                yield f"{one.name}: {link} has no such anchor"
