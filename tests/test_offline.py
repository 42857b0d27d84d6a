"""After the installation nothing needs the network: every claim runs in a sandbox without one."""

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SANDBOX = ("bwrap", "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent")
BACKENDS = ("tensorflow", "jax", "jaxlib")
USE = """
import keras
from course_lib import data, nets, widgets

images = data.pad_to(data.fashion_mnist("auto").train.take(10).images, 32)
model = nets.NETS["lenet5"](input_shape=images.shape[1:], classes=10)
print(keras.ops.shape(model(images)), "lab-host" in widgets.conv(size=32).html())
"""


@pytest.fixture(scope="module")
def sandbox():
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed, so nothing can be run without a network")
    trial = subprocess.run([*SANDBOX, "true"], capture_output=True, text=True, check=False)
    if trial.returncode:
        pytest.skip(f"bubblewrap is not permitted here: {trial.stderr.strip()}")
    return SANDBOX


def run(command, **variables):
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_sandbox_has_no_network(sandbox):
    code = "import socket; print([name for _, name in socket.if_nameindex()])"
    assert run([*sandbox, sys.executable, "-c", code]).strip() == "['lo']"


def test_data_a_net_and_a_lab_need_no_network(sandbox, tmp_path):
    shown = run([*sandbox, sys.executable, "-c", USE], KERAS_HOME=str(tmp_path))
    assert shown.strip() == "(10, 10) True"


def test_the_book_needs_neither_network_nor_backend(sandbox, tmp_path):
    packages = [Path(folder, name) for folder in site.getsitepackages() for name in BACKENDS]
    hidden = [part for path in packages if path.exists() for part in ("--tmpfs", str(path))]
    assert hidden, "no backend is installed, so this test would show nothing"
    code = "import tensorflow; tensorflow.constant(1)"
    with pytest.raises(AssertionError, match="has no attribute 'constant'"):
        run([*sandbox, *hidden, sys.executable, "-c", code])

    made = [f"STUDENT={tmp_path}/student", f"OUTPUT={tmp_path}"]
    run([*sandbox, *hidden, "make", "book", *made], MAKEFLAGS="", MAKELEVEL="")
    assert (tmp_path / "_build" / "html" / "index.html").exists()
