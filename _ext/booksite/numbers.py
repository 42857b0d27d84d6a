"""Numbers in prose: links `[25,557,032](#n-KEY)` checked against the ledger and the results."""

from collections.abc import Iterable
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from booksite import ledger, tips

LOG = logging.getLogger(__name__)
LEDGER_PAGE = "book/appendix/numbers"


class NumberNode(nodes.Inline, nodes.TextElement):
    """A printed number with its `entry` and the id of its tooltip."""


class NumberDomain(Domain):
    """Remembers which page prints which number; holds the ledger of this build."""

    name = "number"
    label = "Numbers"
    initial_data: ClassVar[dict[str, Any]] = {"used": {}}
    data_version = 1

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        try:
            self.ledger = ledger.load(env.srcdir)
        except ValueError as error:
            raise ExtensionError(str(error)) from error

    @property
    def used(self) -> dict[str, dict[str, str]]:
        """Printed numbers: docname to {key: text as printed first}."""
        return self.data["used"]

    def clear_doc(self, docname: str) -> None:
        """Forget a page that is read again."""
        self.used.pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take over what a parallel reader found."""
        self.used.update({doc: otherdata["used"].get(doc, {}) for doc in docnames})

    def resolve_any_xref(self, *_args: Any, **_kwargs: Any) -> list[Any]:
        """Numbers are not targets of general references."""
        return []


def domain(env: BuildEnvironment) -> NumberDomain:
    """The number domain of a build."""
    found = env.get_domain(NumberDomain.name)
    assert isinstance(found, NumberDomain)  # for the type checker: registered under this name
    return found


class NumberLinks(SphinxTransform):
    """Turn number links into number nodes, before MyST looks for their targets."""

    default_priority = 870  # MyST resolves "#target" links at 879

    def apply(self, **_kwargs: Any) -> None:
        """Check and replace each number link of the page."""
        prefix = "#" + ledger.PREFIX
        links = [
            node
            for node in self.document.findall(nodes.reference)
            if node.get("id_link") and node.get("refuri", "").startswith(prefix)
        ]
        for count, link in enumerate(links, start=1):
            link.replace_self(self._number(link, link["refuri"].removeprefix(prefix), count))

    def _number(self, link: nodes.reference, key: str, count: int) -> nodes.Node:
        book, shown = domain(self.env), link.astext()
        self.env.note_dependency(_file(key))
        if problem := book.ledger.problem(shown, key):
            LOG.warning(problem, location=link, type="booksite", subtype="number")
            return nodes.inline("", "", *link.children)
        book.used.setdefault(self.env.docname, {}).setdefault(key, shown)
        return NumberNode("", "", *link.children, entry=book.ledger.lookup(key), no=count)


def _file(key: str) -> str:
    """Path of the file that holds a number, relative to the root of the sources."""
    if key.startswith(ledger.RESULTS):
        return f"book/results/{key.split('.')[1]}.json"
    return "book/ledger.yml"


def visit_number(self: HTML5Translator, node: NumberNode) -> None:
    """Open a link to the ledger page, with the tooltip described to assistive technology."""
    entry, builder = node["entry"], self.builder
    here = builder.get_target_uri(builder.current_docname)
    href = f"{relative_uri(here, builder.get_target_uri(LEDGER_PAGE))}#{entry.anchor}"
    tips.open_tip(self, "number", href, f"number-tip-{node['no']}")


def depart_number(self: HTML5Translator, node: NumberNode) -> None:
    """Close the link and add the tooltip."""
    entry = node["entry"]
    tips.close_link(self, "number", f"number-tip-{node['no']}")
    self.body.append(
        f'{escape(ledger.sentence(entry.meaning))} <span class="number-source">Source: '
        f"{escape(entry.source)}.</span>"
    )
    tips.close_tip(self)


def _pass(_self: Any, _node: NumberNode) -> None:
    """Print the text of the number and nothing else."""


def setup(app: Sphinx) -> None:
    """Register the domain, the transform and how a number is written."""
    app.add_domain(NumberDomain)
    app.add_transform(NumberLinks)
    plain = (_pass, _pass)
    app.add_node(
        NumberNode,
        html=(visit_number, depart_number),
        latex=plain,
        text=plain,
        man=plain,
        texinfo=plain,
    )
