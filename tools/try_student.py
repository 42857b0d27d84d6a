"""Try what a student does: a new environment, the set-up cell, then the notebooks.

    python tools/try_student.py            an environment without Keras, as on an own computer
    python tools/try_student.py --colab    Google Colab's versions: nothing may be replaced

The wheel is served from this machine, as the release will be from the public repository.  Then the
student's notebooks run (an exercise may stop with NotImplementedError only), the instructor's
exercises run with their solutions (no error), and a lab shows itself.  Needs uv, and the package
registry unless uv has the packages in its cache.
"""

import argparse
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import lock
import nbfile
import release
import setup_cell

ROOT = Path(__file__).resolve().parent.parent
SESSION = ROOT / "tools" / "student_session.py"
BARE = ("pip", "ipykernel", "nbclient")  # what any notebook server brings
SETUP_LIMIT = 30.0  # seconds, on a machine that has Keras
LAB = "from course_lib import widgets as labs\nlabs.conv(size=32)"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "COURSE_PROFILE": "smoke",
    "PIP_CONFIG_FILE": os.devnull,  # a student has no settings of ours
}


class Failure(Exception):
    """Something a student would have met; the message says what."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve `folder` on this machine only; yield the address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        """Write nothing for a request."""


def release_folder(root: Path) -> tuple[Path, str]:
    """Build the wheel where a release of the public repository would show it.

    Args:
        root: of the addresses.

    Returns:
        The wheel and its sha256.
    """
    version = release.file_name().split("-")[1]
    return release.build(root / "releases" / "download" / f"v{version}")


def environment(folder: Path, *, colab: bool) -> Path:
    """Create a virtual environment; return its Python."""
    if folder.exists():
        shutil.rmtree(folder)
    run([lock.uv(), "venv", "--quiet", "--python", sys.executable, str(folder)])
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = ["-r", str(ROOT / "requirements" / "colab.txt")] if colab else BARE
    install = [lock.uv(), "pip", "install", "--quiet", "--compile-bytecode"]
    run([*install, "--python", str(python), *wanted])
    return python


def installed(python: Path) -> dict[str, str]:
    """Return the version of every package in the environment of `python`."""
    listing = run([lock.uv(), "pip", "list", "--format", "json", "--python", str(python)])
    return {row["name"]: row["version"] for row in json.loads(listing)}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return a line per package of `before` that is gone or has another version in `after`."""
    return [
        f"{name} {version} became {after.get(name, 'nothing')}"
        for name, version in before.items()
        if after.get(name) != version
    ]


def run(command: list[str], *, cwd: Path = ROOT) -> str:
    """Run a command; return its stdout.

    Raises:
        Failure: it failed; the message holds what it wrote.
    """
    result = subprocess.run(
        command,
        cwd=cwd,
        env=_clean_environment() | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Failure(f"{' '.join(command[:4])} ...\n{result.stdout}{result.stderr}")
    return result.stdout


def _clean_environment() -> dict[str, str]:
    """Return this environment without what would lead the student's Python back to ours."""
    ours = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "JUPYTER_PATH")
    return {name: value for name, value in os.environ.items() if name not in ours}


def set_up(python: Path, folder: Path, wheel_root: Path, *, colab: bool) -> str:
    """Run the set-up cell in an environment without course_lib.

    Args:
        python: of that environment.
        folder: where the cell runs.
        wheel_root: where the release is built.
        colab: hold the environment to what is promised for Colab.

    Returns:
        A line that says how long it took.

    Raises:
        Failure: a package was replaced, or it took too long.
    """
    _, sha256 = release_folder(wheel_root)
    before = installed(python)
    with served(wheel_root) as address:
        start = time.perf_counter()
        run([str(python), "-c", setup_cell.render(address, sha256)], cwd=folder)
        seconds = time.perf_counter() - start
    after = installed(python)
    if colab and changes(before, after):
        raise Failure("the wheel replaced packages: " + "; ".join(changes(before, after)))
    if colab and seconds > SETUP_LIMIT:
        raise Failure(f"the set-up cell took {seconds:.0f} s, more than {SETUP_LIMIT:.0f} s")
    new = sorted(set(after) - set(before))
    return f"set-up cell: {seconds:.1f} s, {len(new)} new packages ({', '.join(new[:3])} ...)"


def show_lab(python: Path, folder: Path) -> str:
    """Show a lab in a live kernel; return a line that says what was displayed.

    Args:
        python: of the student's environment.
        folder: where the notebook is written.

    Raises:
        Failure: the cell failed, or showed no widget.
    """
    path = folder / "lab.ipynb"
    cell: nbfile.Cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "lab",
        "metadata": {},
        "outputs": [],
    }
    cells = [cell | {"source": LAB}]
    nbfile.write(path, {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    report = json.loads(run([str(python), str(SESSION), str(path)], cwd=folder))[str(path)]
    if WIDGET_VIEW not in report["shown"]:
        raise Failure(f"a lab showed {report['shown']} and no widget; errors: {report['errors']}")
    return f"lab: {', '.join(report['shown'])}"


def run_notebooks(python: Path, root: Path, *, stubs: bool) -> str:
    """Run all notebooks under `root`; return a line that counts them.

    Args:
        python: of the student's environment.
        root: folder of a tree that holds book/.
        stubs: exercises are unsolved, so NotImplementedError is what they should stop with.

    Raises:
        Failure: another error, an exercise that no stub stops, or no notebook at all.
    """
    names = [str(path) for path in nbfile.notebooks(root)]
    if not names:
        raise Failure(f"no notebook in {root}")
    reports = json.loads(run([str(python), str(SESSION), *names], cwd=root))
    stopped = 0
    for name, report in reports.items():
        errors = report["errors"]
        exercise = stubs and nbfile.is_exercise(Path(name))
        wrong = [e for e in errors if not (exercise and e[1] == "NotImplementedError")]
        if wrong:
            raise Failure(f"{name}: cell {wrong[0][0]}: {wrong[0][1]}: {wrong[0][2]}")
        if exercise and not errors:
            raise Failure(f"{name}: no question stopped; is it stripped?")
        stopped += len(errors)
    return f"{len(names)} notebooks, {stopped} cells stopped with NotImplementedError"


def main(arguments: list[str]) -> int:
    """Run the whole trial; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--colab", action="store_true", help="use Google Colab's versions")
    colab = parser.parse_args(arguments).colab
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            python = environment(folder / "environment", colab=colab)
            print(set_up(python, folder, folder / "public", colab=colab), flush=True)
            print(show_lab(python, folder), flush=True)
            run([sys.executable, "tools/student.py", str(folder / "student")])
            print("student:", run_notebooks(python, folder / "student", stubs=True), flush=True)
            run([sys.executable, "tools/student.py", "--solutions", str(folder / "solutions")])
            print("solutions:", run_notebooks(python, folder / "solutions", stubs=False))
        except Failure as failure:
            print(f"FAILED {failure}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
