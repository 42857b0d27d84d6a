"""Every example in a docstring of the nets runs; every builder names its source."""

import doctest
import importlib
import pkgutil
import re
from functools import partial

import pytest

from course_lib import nets

MODULES = [
    nets.__name__,
    *(f"{nets.__name__}.{module.name}" for module in pkgutil.iter_modules(nets.__path__)),
]
BUILDERS = {net.func if isinstance(net, partial) else net for net in nets.NETS.values()}
# Authors and year of a paper, or a file of the authors' code
SOURCE = re.compile(
    r"(et al\.|[A-Z]\w+ & [A-Z]\w+) (19|20)\d\d\w?, |^ *\w+/\w+, \w+/", re.MULTILINE
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("builder", sorted(BUILDERS, key=lambda b: b.__name__))
def test_a_builder_has_a_source_and_an_example(builder):
    documented = doctest.DocTestFinder().find(builder, globs={})
    assert documented[0].examples
    summary = builder.__doc__.partition("Args:")[0]
    assert SOURCE.search(summary)
    for part in ("Returns:", "Raises:"):
        assert part in builder.__doc__
