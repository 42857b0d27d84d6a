"""Refresh or verify the third-party web files under web/vendor and tests/site/vendor.

    python tools/vendor.py --check     compare the files with each vendored.json, offline
    python tools/vendor.py             fetch them again with npm and rewrite the manifests

The files are committed, so that building the book needs neither Node nor the network. Those under
web/ are published with the site; those under tests/ are not.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "web" / "vendor"
TESTED = ROOT / "tests" / "site" / "vendor"
MANIFEST = "vendored.json"


@dataclass(frozen=True)
class Package:
    """A package of the npm registry, and what we take of it.

    Args:
        name: in the registry, and of our folder.
        version: exact.
        licence: SPDX name.
        files: path or glob inside the package, to a folder of ours; the file name stays.
        joined: name of a script of ours, to the scripts of the package that it holds in this order.
        closing: a line at the end of each such script.
    """

    name: str
    version: str
    licence: str
    files: dict[str, str]
    joined: dict[str, tuple[str, ...]] = field(default_factory=dict)
    closing: str = ""


COMPONENTS = (
    *("startup", "core", "input/tex", "output/chtml", "output/chtml/fonts/tex"),
    "a11y/assistive-mml",
)
EXTENSIONS = "input/tex/extensions"
ON_DEMAND = ("bbox", "boldsymbol", "braket", "cancel", "color", "enclose", "unicode")
PACKAGES = (
    Package(
        name="mathjax",
        version="3.2.2",
        licence="Apache-2.0",
        files={
            "es5/output/chtml/fonts/woff-v2/*.woff": "output/chtml/fonts/woff-v2",
            # What MathJax asks for by itself when a formula needs it.
            **{f"es5/{EXTENSIONS}/{name}.js": EXTENSIONS for name in ON_DEMAND},
            "LICENSE": ".",
        },
        # MathJax's own combination, tex-chtml.js, holds a menu as well, which is as large again.
        joined={"tex-chtml-plain.js": tuple(f"es5/{name}.js" for name in COMPONENTS)},
        # Or it would look for files of these names when it loads an extension.
        closing=f"MathJax.loader.preLoad({', '.join(map(json.dumps, COMPONENTS[1:]))});",
    ),
)
TEST_PACKAGES = (
    Package(
        name="axe-core",
        version="4.14.1",
        licence="MPL-2.0",
        files={"axe.min.js": ".", "LICENSE": ".", "LICENSE-3RD-PARTY.txt": "."},
    ),
)
PLACES = {VENDOR: PACKAGES, TESTED: TEST_PACKAGES}


def sha256(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def describe(package: Package, folder: Path) -> dict[str, object]:
    """Make the manifest's entry for a package from the files in its folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "version": package.version,
        "licence": package.licence,
        "source": f"npm: {package.name}@{package.version}",
        "files": {path.relative_to(folder).as_posix(): sha256(path) for path in files},
    }


def check(vendor: Path = VENDOR) -> list[str]:
    """Compare the files with the manifest.

    Args:
        vendor: the folder that holds the manifest and a folder for each package.

    Returns:
        What is wrong, one line each.
    """
    manifest = json.loads((vendor / MANIFEST).read_text(encoding="utf-8"))
    listed = {
        f"{name}/{path}": digest
        for name, entry in manifest.items()
        for path, digest in entry["files"].items()
    }
    found = {
        path.relative_to(vendor).as_posix(): sha256(path)
        for path in vendor.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    problems = [f"missing: {path}" for path in sorted(listed.keys() - found.keys())]
    problems += [f"not in {MANIFEST}: {path}" for path in sorted(found.keys() - listed.keys())]
    return problems + [
        f"changed: {path}"
        for path in sorted(listed.keys() & found.keys())
        if listed[path] != found[path]
    ]


def fetch(package: Package, vendor: Path) -> dict[str, object]:
    """Replace a package's folder by what the registry holds; return its manifest entry."""
    with tempfile.TemporaryDirectory() as scratch:
        spec = f"{package.name}@{package.version}"
        subprocess.run(["npm", "pack", spec, "--silent"], cwd=scratch, check=True)
        with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
            archive.extractall(scratch, filter="data")
        folder = vendor / package.name
        shutil.rmtree(folder, ignore_errors=True)
        take(package, Path(scratch, "package"), folder)
        return describe(package, folder)


def take(package: Package, source: Path, folder: Path) -> None:
    """Copy what we take of a package.

    Args:
        package: what to take.
        source: folder of its unpacked files.
        folder: ours.

    Raises:
        SystemExit: it holds no such file.
    """

    def found(pattern: str) -> list[Path]:
        if matches := sorted(source.glob(pattern)):
            return matches
        spec = f"{package.name}@{package.version}"
        raise SystemExit(f"{spec} holds no {pattern}; correct PACKAGES in tools/vendor.py")

    for pattern, target in package.files.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for path in found(pattern):
            shutil.copyfile(path, folder / target / path.name)
    for name, parts in package.joined.items():
        texts = (found(part)[0].read_text(encoding="utf-8").rstrip() for part in parts)
        lines = [*texts, *([package.closing] if package.closing else [])]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="verify the files, offline")
    if parser.parse_args(arguments).check:
        problems = [
            f"{folder.relative_to(ROOT).as_posix()}: {problem}"
            for folder in PLACES
            for problem in check(folder)
        ]
        for problem in problems:
            print(problem, file=sys.stderr)
        return bool(problems)
    for folder, packages in PLACES.items():
        manifest = {package.name: fetch(package, folder) for package in packages}
        text = json.dumps(manifest, indent=2) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
