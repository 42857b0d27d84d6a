"""tools/venv.sh with programs that write down how they were called, in place of uv and Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = (
    "awk",
    "cat",
    "cksum",
    "dirname",
    "env",
    "git",
    "head",
    "rm",
    "sed",
    "sh",
    "tr",
    "chmod",
)

# Answers `-c CODE` as a Python of version VERSION would; notes everything else.
PYTHON = """\
#!/bin/sh
if [ "$1" = -c ]; then
    exec {real} -c "import sys
sys.version_info = tuple(map(int, '{version}'.split('.')))
sys.version = '{version} (main)'
for name in '{lacks}'.split():
    sys.modules[name] = None
exec(sys.argv[1])" "$2"
fi
case "$*" in
    "-m pip config list") cat "{here}/pip-config" 2>/dev/null; exit 0 ;;
esac
echo "python{version} $*" >>"{here}/log"
[ "$2" = pip ] && env | sed -n 's/^PIP_/  PIP_/p' >>"{here}/log"
if [ "$2" = venv ]; then
    {real} -c "import pathlib, sys; pathlib.Path(sys.argv[1], 'bin').mkdir(parents=True)" "$3"
    cat "$0" >"$3/bin/python"
    chmod +x "$3/bin/python"
fi
exit {status}
"""
UV = """\
#!/bin/sh
echo "uv $*" >>"{here}/log"
if [ "$1" = venv ]; then
    for last; do :; done
    {real} -c "import pathlib, sys; pathlib.Path(sys.argv[1], 'bin').mkdir(parents=True)" "$last"
    cat "{here}/inner" >"$last/bin/python"
    chmod +x "$last/bin/python"
fi
exit {status}
"""


class Machine:
    """A folder with the tree's set-up files, and a PATH that holds only what a test puts there."""

    def __init__(self, folder):
        self.folder, self.tree, self.bin = folder, folder / "tree", folder / "bin"
        self.bin.mkdir()
        for part in ("tools", "instructor"):
            (self.tree / part).mkdir(parents=True)
        for name in (
            "pyproject.toml",
            "instructor/pyproject.toml",
            "requirements.txt",
            "tools/venv.sh",
        ):
            shutil.copy(ROOT / name, self.tree / name)
        for name in PROGRAMS:
            (self.bin / name).symlink_to(shutil.which(name))

    def add_python(self, name, version, *, lacks="", status=0):
        self._add(name, PYTHON, version=version, lacks=lacks, status=status)

    def add_uv(self, *, status=0):
        inner = PYTHON.format(
            real=sys.executable, here=self.folder, version="3.12.4", lacks="", status=0
        )
        (self.folder / "inner").write_text(inner)
        self._add("uv", UV, status=status)

    def _add(self, name, text, **values):
        path = self.bin / name
        path.write_text(text.format(real=sys.executable, here=self.folder, **values))
        path.chmod(0o755)

    def set_up(self, **variables):
        """Run the script; return what it wrote and how the programs were called."""
        log = self.folder / "log"
        log.write_text("")
        environment = {"PATH": str(self.bin), "HOME": str(self.folder)} | variables
        result = subprocess.run(
            ["sh", "tools/venv.sh"],
            cwd=self.tree,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.status, self.output = result.returncode, result.stdout + result.stderr
        return log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_uv_is_preferred_and_given_the_supported_range(machine):
    machine.add_uv()
    machine.add_python("python3", "3.12.4")
    assert machine.set_up() == [
        "uv venv --quiet --no-project --python >=3.11,<3.14 .venv",
        "uv pip install --python .venv/bin/python --compile-bytecode --require-hashes"
        " --requirement requirements.txt",
        "uv pip install --python .venv/bin/python --quiet --no-deps --no-build-isolation"
        " --editable . --editable instructor",
    ]
    assert machine.status == 0


def test_without_uv_a_supported_python_and_its_pip_are_used(machine):
    machine.add_python("python3", "3.12.4")
    calls = [call for call in machine.set_up() if not call.startswith(" ")]
    assert calls == [
        "python3.12.4 -m venv .venv",
        "python3.12.4 -m pip install --require-hashes --requirement requirements.txt",
        "python3.12.4 -m pip install --quiet --no-deps --no-build-isolation --editable ."
        " --editable instructor",
    ]


def test_second_run_starts_nothing(machine):
    machine.add_uv()
    assert machine.set_up()
    assert machine.set_up() == []
    assert machine.output == ""


def test_changed_lock_is_installed_into_the_same_environment(machine):
    machine.add_uv()
    machine.set_up()
    with (machine.tree / "requirements.txt").open("a") as lock:
        lock.write("# changed\n")
    calls = machine.set_up()
    assert [call.split()[1] for call in calls] == ["pip", "pip"]


def test_moved_folder_gets_a_new_environment(machine):
    machine.add_uv()
    machine.set_up()
    machine.tree = machine.tree.rename(machine.folder / "moved")
    assert machine.set_up()[0].startswith("uv venv")


def test_environment_of_an_unsupported_python_is_replaced(machine):
    machine.add_python("python3", "3.12.4")
    machine.set_up()
    broken = machine.tree / ".venv" / "bin" / "python"
    broken.write_text(broken.read_text().replace("3.12.4", "3.10.1"))
    (machine.tree / ".venv" / "stamp").unlink()
    assert machine.set_up()[0] == "python3.12.4 -m venv .venv"


def test_unsupported_python_first_on_path_is_passed_over(machine):
    machine.add_python("python3", "3.9.18")
    machine.add_python("python3.11", "3.11.7")
    assert machine.set_up()[0] == "python3.11.7 -m venv .venv"


@pytest.mark.parametrize("version", ["3.10.13", "3.14.0"])
def test_no_supported_python_names_the_versions(machine, version):
    machine.add_python("python3", version)
    assert machine.set_up() == []
    assert machine.status == 1
    assert "needs Python 3.11, 3.12, 3.13" in machine.output
    assert f"python3 is {version}" in machine.output
    assert "install uv" in machine.output


def test_no_python_at_all_says_so(machine):
    machine.set_up()
    assert machine.status == 1
    assert "there is no Python on PATH" in machine.output


@pytest.mark.parametrize("module", ["ensurepip", "venv"])
def test_debian_python_without_venv_names_the_package(machine, module):
    machine.add_python("python3", "3.11.2", lacks=module)
    assert machine.set_up() == []
    assert machine.status == 1
    assert "apt-get install python3-venv" in machine.output


def test_of_pip_settings_only_the_sources_are_kept(machine):
    machine.add_python("python3", "3.12.4")
    (machine.folder / "pip-config").write_text(
        ":env:.target='/elsewhere'\n"
        "global.index-url='https://mirror.example/simple'\n"
        "global.cert='/etc/ours.pem'\n"
        "global.constraint='/etc/constraints.txt'\n"
        "install.user='true'\n"
    )
    calls = machine.set_up(
        PIP_TARGET="/elsewhere", PIP_REQUIRE_VIRTUALENV="1", PIP_CERT="/mine.pem"
    )
    settings = {line.strip() for line in calls if line.startswith("  ")}
    assert settings == {
        "PIP_INDEX_URL=https://mirror.example/simple",
        "PIP_CERT=/mine.pem",
        f"PIP_CONFIG_FILE={os.devnull}",
        "PIP_DISABLE_PIP_VERSION_CHECK=1",
    }


def test_failed_installation_is_told_and_tried_again(machine):
    machine.add_uv()
    machine.set_up()
    (machine.tree / "requirements.txt").write_text("# changed\n")
    machine.add_uv(status=1)
    machine.set_up()
    assert machine.status == 1
    assert "could not be installed" in machine.output
    machine.add_uv()
    assert machine.set_up()
    assert machine.status == 0


def test_notebook_diffs_are_set_up_in_a_git_checkout(machine):
    machine.add_uv()
    subprocess.run(["git", "init", "--quiet"], cwd=machine.tree, check=True)
    machine.set_up()
    setting = subprocess.run(
        ["git", "config", "diff.jupytext.textconv"],
        cwd=machine.tree,
        capture_output=True,
        text=True,
        check=True,
    )
    assert setting.stdout.startswith(".venv/bin/jupytext ")
