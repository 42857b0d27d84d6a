"""A JupyterLab of its own for a test: a free port, nothing of the user, nothing from outside."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("jupyter-lab")
PATIENCE = 120  # seconds that it may take to start
OPTIONS = (
    *("--no-browser", "--allow-root", "--ip=127.0.0.1", "--ServerApp.port_retries=0"),
    *("--expose-app-in-browser", "--LabApp.news_url=None"),
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)
FOLDERS = (
    *("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"),
    *("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"),
)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(notebooks: Path, home: Path) -> Iterator[tuple[str, str]]:
    """Run JupyterLab.

    Args:
        notebooks: the folder that it shows.
        home: an empty folder for what it keeps, its log among it.

    Yields:
        Its address and the token that it asks for.

    Raises:
        RuntimeError: it does not start.
    """
    port, token = free_port(), secrets.token_hex()
    folders = {name: str(home / name.lower()) for name in FOLDERS}
    program = [str(PROGRAM), *OPTIONS, f"--port={port}", f"--ServerApp.root_dir={notebooks}"]
    log = home / "log.txt"
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            program,
            env={**os.environ, **folders, "JUPYTER_TOKEN": token, "PYTHONWARNINGS": ""},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(process, f"{address}/api/status?token={token}", log)
            yield address, token
        finally:
            process.terminate()  # it stops its kernels, too
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen, address: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start in {PATIENCE} s: {log.read_text('utf-8')}")
