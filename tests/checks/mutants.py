"""Small faults put into a solution, one at a time, from a fixed set of operators.

`mutants(source, question)` returns the programs that differ in one place from the cell `source`:
only the lines between `### BEGIN SOLUTION` and `### END SOLUTION` change.  The operators are the
functions `_expression_*` and `_block_*` below; adding one makes every question face it.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

SWAPPED = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.FloorDiv),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
OPTIONS = (("same", "valid"), ("relu", "tanh", "linear"), ("sigmoid", "softmax"))
KIN = (
    ("AveragePooling2D", "MaxPooling2D"),
    ("GlobalAveragePooling2D", "GlobalMaxPooling2D"),
    ("Add", "Multiply", "Concatenate"),
    ("Conv2D", "Conv2DTranspose"),
    ("min", "max"),
    ("sum", "len"),
    ("floor", "ceil"),
    ("mean", "sum", "max"),
    ("argmin", "argmax"),
    ("zeros", "ones"),
    ("add_weight", "add_variable"),
)


@dataclass(frozen=True)
class Mutant:
    """A program with one fault; `name` tells which, the same after unrelated edits."""

    name: str
    code: str


def mutants(source: str, question: str) -> list[Mutant]:
    """Return the mutants of the function or class `question` defined in the cell `source`."""
    tree = ast.parse(source)
    target = next(n for n in tree.body if getattr(n, "name", None) == question)
    lines = _solution_lines(source)
    original = ast.unparse(tree)
    codes, names, found = {original}, Counter(), []
    for name in _apply_each(target, lines, _strings(target)):
        code = ast.unparse(tree)
        if code in codes:
            continue
        codes.add(code)
        names[name] += 1
        found.append(Mutant(name if names[name] == 1 else f"{name} #{names[name]}", code))
    return found


def _solution_lines(source):
    inside, lines = False, set()
    for number, line in enumerate(source.splitlines(), start=1):
        if line.strip() == "### END SOLUTION":
            inside = False
        if inside:
            lines.add(number)
        if line.strip() == "### BEGIN SOLUTION":
            inside = True
    return lines


def _strings(target):
    body = [node for node in ast.walk(target) if isinstance(node, ast.Constant)]
    return sorted({node.value for node in body if isinstance(node.value, str) and _word(node)})


def _word(node):
    return len(node.value) <= 20 and "\n" not in node.value


def _apply_each(target, lines, strings) -> Iterator[str]:
    """Change the tree in one place, yield the name of the change, undo it, and go on."""
    for function in [n for n in ast.walk(target) if isinstance(n, ast.FunctionDef)]:
        local = _locals(function)
        for parent in ast.walk(function):
            if isinstance(parent, ast.FunctionDef) and parent is not function:
                continue
            for field, value in list(ast.iter_fields(parent)):
                if field in ("decorator_list", "annotation", "returns", "args") and isinstance(
                    parent, ast.FunctionDef | ast.arg
                ):
                    continue
                if field in ("body", "orelse") and isinstance(value, list):
                    yield from _blocks(parent, field, value, lines)
                yield from _places(parent, field, value, lines, (local, strings))


def _places(parent, field, value, lines, words):
    nodes = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
    for index, node in nodes:
        if not isinstance(node, ast.expr) or node.lineno not in lines:
            continue
        if isinstance(parent, ast.Expr | ast.JoinedStr) and isinstance(node, ast.Constant):
            continue  # a docstring or the text of a message
        is_callee = isinstance(parent, ast.Call) and field == "func"
        for kind, new in _expressions(node, is_callee, words):
            name = f"{kind}: `{ast.unparse(node)}` -> `{ast.unparse(new)}`"
            _put(parent, field, index, new)
            yield name
            _put(parent, field, index, node)


def _put(parent, field, index, node):
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _locals(function):
    """Return the arguments and assigned names of `function`, in order."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and _stores(n)]
    return [n for n in dict.fromkeys([a.arg for a in arguments] + stored) if n != "self"]


def _stores(name):
    return isinstance(name.ctx, ast.Store)


def _expressions(node, is_callee, words) -> Iterator[tuple[str, ast.expr]]:
    local, strings = words
    yield from _expression_constant(node, strings)
    yield from _expression_operator(node)
    yield from _expression_condition(node)
    yield from _expression_name(node, local)
    if isinstance(node, ast.Call):
        yield from _expression_call(node, is_callee)


def _expression_constant(node, strings):
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield "flip", ast.Constant(not value)
    elif isinstance(value, int):
        yield "number", ast.Constant(value + 1)
        yield "number", ast.Constant(value - 1)
    elif isinstance(value, float):
        yield "number", ast.Constant(value * 2)
    elif isinstance(value, str):
        group = next((g for g in OPTIONS if value in g), strings)
        for other in group:
            if other != value:
                yield "string", ast.Constant(other)


def _expression_operator(node):
    if isinstance(node, ast.BinOp):
        for new in SWAPPED.get(type(node.op), ()):
            yield "operator", ast.BinOp(node.left, new(), node.right)
        if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow):
            yield "operands", ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.Compare):
        for new in SWAPPED.get(type(node.ops[0]), ()):
            yield "operator", ast.Compare(node.left, [new(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        for new in SWAPPED[type(node.op)]:
            yield "operator", ast.BoolOp(new(), node.values)
        for left_out in range(len(node.values)):
            rest = node.values[:left_out] + node.values[left_out + 1 :]
            yield "drop", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.UnaryOp):
        yield "drop", node.operand


def _expression_condition(node):
    if isinstance(node, ast.IfExp):
        yield "condition", ast.IfExp(node.test, node.orelse, node.body)
        yield "drop", node.body
        yield "drop", node.orelse


def _expression_name(node, local):
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in local:
        other = local[(local.index(node.id) + 1) % len(local)]
        if other != node.id:
            yield "name", ast.Name(other, ast.Load())
    called = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    for kin in KIN:
        if called in kin:
            new = kin[(kin.index(called) + 1) % len(kin)]
            if isinstance(node, ast.Attribute):
                yield "kin", ast.Attribute(node.value, new, node.ctx)
            else:
                yield "kin", ast.Name(new, ast.Load())


def _expression_call(node, is_callee):
    if node.args and not is_callee and not isinstance(node.args[0], ast.Starred):
        yield "drop", node.args[0]
    for i in range(len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield "arguments", ast.Call(node.func, swapped, node.keywords)
    for i in range(len(node.keywords)):
        rest = node.keywords[:i] + node.keywords[i + 1 :]
        yield "keyword", ast.Call(node.func, node.args, rest)


def _blocks(parent, field, block, lines):
    yield from _block_condition(parent, field, lines)
    if not all(statement.lineno in lines for statement in block):
        block = [s for s in block if s.lineno in lines]
        if not block:
            return
    whole = getattr(parent, field)
    for i, statement in enumerate(whole):
        if statement not in block:
            continue
        rest = whole[:i] + whole[i + 1 :]
        setattr(parent, field, rest or [ast.Pass()])
        yield f"delete: `{_first_line(statement)}`"
        setattr(parent, field, whole)
        if i + 1 < len(whole) and whole[i + 1] in block:
            swapped = [*whole[:i], whole[i + 1], statement, *whole[i + 2 :]]
            setattr(parent, field, swapped)
            yield f"order: `{_first_line(statement)}` after `{_first_line(whole[i + 1])}`"
            setattr(parent, field, whole)


def _block_condition(parent, field, lines):
    if field == "body" and isinstance(parent, ast.If | ast.While) and parent.lineno in lines:
        test = parent.test
        parent.test = ast.UnaryOp(ast.Not(), test)
        yield f"condition: `{ast.unparse(test)}` -> `{ast.unparse(parent.test)}`"
        parent.test = test


def _first_line(statement):
    return ast.unparse(statement).splitlines()[0]
