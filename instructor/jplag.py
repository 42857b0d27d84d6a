"""A folder for JPlag, which looks for code that students share: it is no work of this package.

`submissions/STUDENT/answers.py` holds the cells that answer questions and nothing else; `base/`
holds what everybody was given, which JPlag then does not count.
"""

import ast
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from instructor import intake, submission
from instructor.assignment import Assignment, Malformed

SUBMISSIONS, BASE, RESULT = "submissions", "base", "result"
REGION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION[ \t]*$.*?^[ \t]*### END SOLUTION[ \t]*$", re.MULTILINE | re.DOTALL
)
MARK = re.compile(r"#\s*(BEGIN|END)[\s_-]*SOLUTION", re.IGNORECASE)
STUB = r'\1raise NotImplementedError("your code here")'


@dataclass
class Prepared:
    """A folder that was written.

    Attributes:
        command: line that starts JPlag, of version 6 and with Java 21, in the folder above.
        folders: of each student, in `submissions`.
        notes: for the staff: who is not compared, and why.
    """

    command: str
    folders: dict[str, str]
    notes: list[str] = field(default_factory=list)


def write(
    files: Mapping[str, Path],
    assignment: Assignment,
    template: Path,
    public: Sequence[Path],
    folder: Path,
) -> Prepared:
    """Write the answers of a class and what everybody was given.

    Args:
        files: the notebook of each student.
        assignment: what they answered.
        template: the notebook that they were given, or its source: solutions are taken out.
        public: other code that students may read, `.ipynb` or `.py`: chapters, parts of the course.
        folder: to write; new or empty.

    Raises:
        Malformed: a template or a public file that cannot be read, or holds a solution.
        Refused: the folder is there.
    """
    names = intake.components(str(path) for path in (template, *public))
    base = {f"{names[str(path)]}.py": _given(path) for path in (template, *public)}
    folders = intake.components(files)
    notes = []
    with intake.fresh(folder) as new:
        for name, code in base.items():
            intake.write(new / BASE / name, code.encode())
        for student in sorted(files):
            read = submission.read(files[student], assignment)
            numbers = sorted({cell for cells in read.answers.values() for cell in cells})
            if numbers:
                code = _joined([read.cells[number] for number in numbers])
                intake.write(new / SUBMISSIONS / folders[student] / "answers.py", code.encode())
                if not _python(code):
                    notes.append(f"{student}: an answer is no Python; JPlag leaves it out")
            else:
                notes.append(f"{student}: no answer; not compared")
                del folders[student]
        (new / SUBMISSIONS).mkdir(exist_ok=True)
    if len(folders) < 2:
        notes.append("JPlag compares two submissions or more")
    return Prepared(command(folder), folders, notes)


def command(folder: Path) -> str:
    """Return the line that starts JPlag on a folder of `write`."""
    places = [shlex.quote(str(folder / part)) for part in (BASE, RESULT, SUBMISSIONS)]
    return "java -jar jplag.jar --language python3 --base-code {} --result-file {} {}".format(
        *places
    )


def _given(path: Path) -> str:
    """Return the code of a public file, without its solutions."""
    try:
        if path.suffix != ".ipynb":
            return _without_solutions(path.read_text(encoding="utf-8"), path)
        cells = nbformat.read(path, as_version=4).cells
    except (OSError, ValueError) as error:
        raise Malformed(f"{path}: cannot be read ({type(error).__name__}); name a file") from error
    code = [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and "solution" not in cell.metadata.get("tags", ())
    ]
    return _joined([_without_solutions(source, path) for source in code])


def _without_solutions(code: str, path: Path) -> str:
    kept = REGION.sub(STUB, code)
    if MARK.search(kept):
        raise Malformed(f"{path}: a solution that is not closed; the base code would hold it")
    return kept


def _python(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _joined(cells: Sequence[str]) -> str:
    code = "\n\n".join(cell.strip("\n") for cell in cells) + "\n"
    # A student's text may hold half a surrogate pair, which no file can.
    return code.encode("utf-8", "replace").decode()
