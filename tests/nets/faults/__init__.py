"""One-line faults of the nets, a file for each family: where, and what the line becomes.

A family has `FAULTS`, and `BUILD`: by the name that its faults give, how a copy of the nets
(`nets.lenet`, ...) builds the net that shows them.
"""

from tests.nets.families import families

FAMILIES = families(__name__, __path__)
BUILD = {name: build for family in FAMILIES for name, build in family.BUILD.items()}
FAULTS = tuple(fault for family in FAMILIES for fault in family.FAULTS)
