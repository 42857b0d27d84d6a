"""A solution with variants as one would write it for a single one.

What it keeps for the others is left out, since no check of this one could kill a mutant of that.
"""

import ast

from tests.checks.judging import solution


class Fold(ast.NodeTransformer):
    """Replaces what depends on the constant alone by what it is."""

    def __init__(self, variant):
        self.variant = variant

    def visit_Assign(self, node):
        if ast.unparse(node.targets[0]) == "VARIANT":
            return None
        return self.generic_visit(node)

    def visit_Name(self, node):
        return ast.Constant(self.variant) if node.id == "VARIANT" else node

    def visit_Subscript(self, node):
        self.generic_visit(node)
        match node:
            case ast.Subscript(ast.Dict(keys, values), ast.Constant(name)):
                return dict(zip([key.value for key in keys], values, strict=True))[name]
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        if all(isinstance(n, ast.Constant) for n in (node.left, *node.comparators)):
            return ast.Constant(eval(ast.unparse(node)))
        return node

    def visit_IfExp(self, node):
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        return node

    def visit_If(self, node):
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        return node


def folded(chapter, question, variant):
    """Return the cell of a solution for one variant."""
    tree = ast.fix_missing_locations(Fold(variant).visit(ast.parse(solution(chapter, question))))
    lines = ast.unparse(tree).split("\n")
    function = ast.parse("\n".join(lines)).body[-1]
    first = function.body[1].lineno - 1  # behind the docstring
    marks = ["    ### BEGIN SOLUTION", *lines[first:], "    ### END SOLUTION"]
    return "\n".join([*lines[:first], *marks])
