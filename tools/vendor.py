"""Refresh or verify the third-party web files under web/vendor.

    python tools/vendor.py --check     compare the files with web/vendor/vendored.json, offline
    python tools/vendor.py             fetch them again with npm and rewrite the manifest

The files are committed, so that building the book needs neither Node nor the network.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "web" / "vendor"
MANIFEST = "vendored.json"


@dataclass(frozen=True)
class Package:
    """A package of the npm registry, and what we take of it.

    Args:
        name: in the registry, and of our folder.
        version: exact.
        licence: SPDX name.
        files: path or glob inside the package, to a folder of ours; the file name stays.
    """

    name: str
    version: str
    licence: str
    files: dict[str, str]


PACKAGES = (
    Package(
        name="mathjax",
        version="3.2.2",
        licence="Apache-2.0",
        files={
            "es5/tex-chtml-full.js": ".",
            "es5/output/chtml/fonts/woff-v2/*.woff": "output/chtml/fonts/woff-v2",
            "LICENSE": ".",
        },
    ),
)


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
        for pattern, target in package.files.items():
            matches = sorted(Path(scratch, "package").glob(pattern))
            if not matches:
                raise SystemExit(f"{spec} holds no {pattern}; correct PACKAGES in tools/vendor.py")
            (folder / target).mkdir(parents=True, exist_ok=True)
            for path in matches:
                shutil.copyfile(path, folder / target / path.name)
        return describe(package, folder)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="verify the files, offline")
    if parser.parse_args(arguments).check:
        problems = check()
        for problem in problems:
            print(f"web/vendor: {problem}", file=sys.stderr)
        return bool(problems)
    manifest = {package.name: fetch(package, VENDOR) for package in PACKAGES}
    text = json.dumps(manifest, indent=2) + "\n"
    (VENDOR / MANIFEST).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
