"""What each net must have: weights, multiply-adds, shapes, field, depth, and who says so.

A file for each family has `ROWS`, a row for each net at its own input, and `ROUNDED`, figures
that are printed with few digits; `pins.py` says how a value is known.  `test_twins.py` compares
the nets with another implementation output by output.
"""

from tests.nets.families import families

FAMILIES = families(__name__, __path__)
ROWS = tuple(row for family in FAMILIES for row in family.ROWS)
ROUNDED = tuple(figure for family in FAMILIES for figure in family.ROUNDED)
