"""What the tests of all checks share: the answers in a notebook and how checks take them."""

import ast
import contextlib
import io
import signal
from pathlib import Path

import nbfile
from course_lib.checks import WrongAnswer
from tests.checks.mutants import mutants

EXERCISES = Path(__file__).parents[2] / "book" / "exercises"
SECONDS = 60  # of processor time for one answer; a mutant that loops for ever is stopped


def solution(chapter: str, question: str) -> str:
    """Return the cell of `book/exercises/<chapter>.ipynb` that asks `question`.

    The imports of the notebook's other cells stand in front of it.
    """
    cells = nbfile.read(EXERCISES / f"{chapter}.ipynb")["cells"]
    given = [cell for cell in cells if cell["cell_type"] == "code" and not nbfile.tags(cell)]
    for cell in cells:
        text = nbfile.source(cell)
        if "exercise" in nbfile.tags(cell) and (
            f"def {question}(" in text or f"class {question}(" in text
        ):
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


def kill_all(chapter: str, question: str, check, equivalent: dict[str, str]) -> str:
    """Judge every mutant of the solution; return the counts as one line for the summary.

    Args:
        chapter: name of the exercise notebook.
        question: the function or class asked for.
        check: its check.
        equivalent: name of a mutant that is right all the same, to the reason why.

    Raises:
        AssertionError: a mutant survived, or `equivalent` lists one that is killed or gone.
    """
    survivors, killed = [], 0
    for mutant in mutants(solution(chapter, question), question):
        if _survives(mutant.code, question, check):
            survivors.append(mutant.name)
        else:
            killed += 1
    unexplained = sorted(set(survivors) - set(equivalent))
    stale = sorted(set(equivalent) - set(survivors))
    assert not unexplained, f"{question}: survived:\n" + "\n".join(unexplained)
    assert not stale, f"{question}: listed as equivalent, but killed or gone:\n" + "\n".join(stale)
    return (
        f"mutants of {chapter}.{question}: {killed + len(survivors)}, killed {killed}, "
        f"equivalent {len(survivors)}, survived 0"
    )


def _survives(code, question, check):
    try:
        answer = define(code, question)
    except Exception:
        return False
    return judge(check, answer) is None


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
