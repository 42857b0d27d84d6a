"""One-line faults of the nets, a file for each family: where, and what the line becomes.

A family has `FAULTS`, and, by the name that its faults give:

    BUILD     how a copy of the nets (`nets.lenet`, ...) builds the short net that shows them
    ENTRIES   names in `NETS` of nets that the faults change, too
    BY_HAND   how far the short net of a copy is from its paper in NumPy, in standard deviations
"""

from tests.nets.families import families

FAMILIES = families(__name__, __path__)
BUILD = {name: build for family in FAMILIES for name, build in family.BUILD.items()}
ENTRIES = {name: nets for family in FAMILIES for name, nets in family.ENTRIES.items()}
BY_HAND = {name: gap for family in FAMILIES for name, gap in family.BY_HAND.items()}
FAULTS = tuple(fault for family in FAMILIES for fault in family.FAULTS)
