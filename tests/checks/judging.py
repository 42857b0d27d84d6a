"""What the tests of all checks share: the answers in a notebook and how checks take them."""

import ast
import contextlib
import hashlib
import io
import re
import signal
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

import nbfile
from course_lib.checks import WrongAnswer
from course_lib.checks.cases import recorded
from course_lib.checks.verdict import drawn_from
from tests.checks.mutants import mutants
from tests.kept import mutants_asked_for

EXERCISES = Path(__file__).parents[2] / "book" / "exercises"
GRADING = (20, 30, 40, 50)  # a seed as the secret of a course gives it
SECONDS = 60  # of processor time for one answer; a mutant that loops for ever is stopped
SHARE = 5  # an ordinary run judges one mutant in so many
LEAST = 3  # and so many at least

Case = TypeVar("Case")


def solution(chapter: str, question: str, variant: str = "") -> str:
    """Return the cell of `book/exercises/<chapter>.ipynb` that asks `question`.

    The imports of the notebook's other cells stand in front of it.  A variant sets the constant of
    the solution.
    """
    cells = nbfile.read(EXERCISES / f"{chapter}.ipynb")["cells"]
    given = [cell for cell in cells if cell["cell_type"] == "code" and not nbfile.tags(cell)]
    for cell in cells:
        text = nbfile.source(cell)
        if "exercise" in nbfile.tags(cell) and (
            f"def {question}(" in text or f"class {question}(" in text
        ):
            if variant:
                text, count = re.subn('VARIANT = "[a-z]+"', f'VARIANT = "{variant}"', text)
                assert count == 1, f"{question} has no variants"
            return "\n".join([*map(_imports, map(nbfile.source, given)), text])
    raise LookupError(f"no cell tagged exercise in {chapter}.ipynb defines {question}")


def _imports(source):
    body = ast.parse(source).body
    return "\n".join(ast.unparse(n) for n in body if isinstance(n, ast.Import | ast.ImportFrom))


def define(source: str, name: str):
    """Run `source` and return what it calls `name`."""
    space = {"__name__": "answer"}
    exec(compile(source, "<answer>", "exec"), space)
    return space[name]


def judge(check, answer) -> str | None:
    """Return the message of the `WrongAnswer`, or None when the check takes the answer.

    Anything else that the check raises comes through: a check must never stop with an error.
    """
    with contextlib.redirect_stdout(io.StringIO()), _time_limit():
        try:
            check(answer)
        except WrongAnswer as wrong:
            return str(wrong)
    return None


def printed(check, answer) -> str:
    """Return what the check prints for a right answer."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        check(answer)
    return out.getvalue()


def shared(found: Sequence[Case], key: Callable[[Case], str]) -> list[Case]:
    """Return what this run judges of many: all, or a share that a hash draws, the same for ever.

    Args:
        found: cases, such as mutants.
        key: text of a case, whose hash decides.
    """
    if mutants_asked_for() == "all":
        return list(found)
    count = max(LEAST, -(-len(found) // SHARE))
    drawn = sorted(found, key=lambda case: hashlib.sha256(key(case).encode()).digest())[:count]
    return [case for case in found if case in drawn]


def kill_all(
    chapter: str,
    question: str,
    check,
    equivalent: Collection[str],
    source: str = "",
    *,
    variant: str = "",
    graded: bool = True,
) -> str:
    """Judge mutants of a solution; return the counts as one line for the summary.

    COURSE_MUTANTS=all judges every one, an ordinary run a share, and always those that are right
    all the same.

    Args:
        chapter: name of the exercise notebook.
        question: the function or class asked for.
        check: its check.
        equivalent: names of mutants that are right all the same.
        source: of the solution, if not the one in the notebook.
        variant: of the question, for the summary.
        graded: judge as a grader does, too.

    Raises:
        AssertionError: a mutant survived, or passes for a reader and not for a grader or the other
            way round, or `equivalent` lists one that is killed or gone.
    """
    name = f"{chapter}.{question}" + (f", {variant}" if variant else "")
    found = mutants(source or solution(chapter, question), question)
    drawn = shared(found, lambda mutant: f"{name}: {mutant.name}")
    drawn += [one for one in found if one.name in equivalent and one not in drawn]
    survivors, differ = set(), []
    for mutant in drawn:
        visible, hidden = _survives(mutant.code, question, check, graded)
        if visible != hidden:
            differ.append(f"{mutant.name}: {'passes' if visible else 'fails'} in the notebook only")
        if visible:
            survivors.add(mutant.name)
    unexplained = sorted(survivors - set(equivalent))
    stale = sorted(set(equivalent) - survivors)
    assert not differ, f"{name}: the notebook and the grader disagree:\n" + "\n".join(differ)
    assert not unexplained, f"{name}: survived:\n" + "\n".join(unexplained)
    assert not stale, f"{name}: listed as equivalent, but killed or gone:\n" + "\n".join(stale)
    counts = f"killed {len(drawn) - len(survivors)}, equivalent {len(survivors)}, survived 0"
    places = "in the notebook and in grading" if graded else "in the notebook"
    return f"mutants of {name}: judged {len(drawn)} of {len(found)}; {places} {counts}"


def _survives(code, question, check, graded) -> tuple[bool, bool]:
    """Tell whether a mutant passes the check as a reader runs it, and as a grader does.

    Where nothing is graded, the second is the first.
    """
    try:
        answer = define(code, question)
    except Exception:
        return False, False
    visible = judge(check, answer) is None
    if not graded:
        return visible, visible
    with recorded() as record, drawn_from(*GRADING):
        wrong = judge(check, answer)
    return visible, wrong is None and all(not kind.faults for kind in record.kinds.values())


@contextlib.contextmanager
def _time_limit():
    def stop(*_):
        raise TimeoutError(f"no answer within {SECONDS} seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
