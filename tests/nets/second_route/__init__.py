"""The numbers of each net once more, from the paper's table by arithmetic, without the builders.

A file for each family has `ROUTES`: for each net a function that returns its numbers.  Nothing in
them is imported from the package.
"""

from tests.nets.families import families

ROUTES = {
    net: route for family in families(__name__, __path__) for net, route in family.ROUTES.items()
}
