"""Run notebooks as a student would, in the environment of this Python, and report what came out.

    python student_session.py NOTEBOOK ...

Each notebook runs to its end from a fresh kernel, past cells that fail, two at a time.  Writes one
JSON object to stdout:
notebook -> {"errors": [[cell, name, message], ...], "shown": [MIME type, ...]}.
`tools/try_student.py` starts it in an environment that holds nothing of this repository, so it
imports nothing of it either.
"""

import asyncio
import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import nbclient
import nbformat

WORKERS = 2  # notebooks at a time: one starts its kernel while another computes


async def outcome(path: Path) -> dict[str, list]:
    """Run one notebook in its own folder.

    Args:
        path: of the notebook; it is not changed.

    Returns:
        `errors`: (cell counted from 1, name of the error, its message) for every cell that failed;
        `shown`: the MIME types of everything displayed, sorted.
    """
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    await client.async_execute()
    outputs = [
        (number, output)
        for number, cell in enumerate(notebook.cells, start=1)
        for output in cell.get("outputs", ())
    ]
    return {
        "errors": [
            (number, output["ename"], output["evalue"])
            for number, output in outputs
            if output["output_type"] == "error"
        ],
        "shown": sorted({kind for _, output in outputs for kind in output.get("data", ())}),
    }


async def outcomes(names: Sequence[str]) -> dict[str, dict[str, list]]:
    """Run notebooks; return what came out of each, by its path."""
    turn = asyncio.Semaphore(WORKERS)

    async def one(name: str) -> dict[str, list]:
        async with turn:
            return await outcome(Path(name))

    return dict(zip(names, await asyncio.gather(*map(one, names)), strict=True))


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # Colab's versions are old enough to deprecate each other
    json.dump(asyncio.run(outcomes(sys.argv[1:])), sys.stdout)
