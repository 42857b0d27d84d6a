"""The vendored web files and their manifest."""

import json

import pytest

import vendor

PACKAGE = vendor.Package(name="toy", version="1.0", licence="MIT", files={"a.js": "."})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "a.js").write_text("a")
    manifest = {"toy": vendor.describe(PACKAGE, tmp_path / "toy")}
    (tmp_path / vendor.MANIFEST).write_text(json.dumps(manifest))
    return tmp_path


def test_committed_files_are_what_the_manifest_says():
    assert vendor.check() == []


def test_manifest_names_version_licence_and_source(folder):
    entry = json.loads((folder / vendor.MANIFEST).read_text())["toy"]
    assert entry["version"] == "1.0"
    assert entry["licence"] == "MIT"
    assert entry["source"] == "npm: toy@1.0"


def test_manifest_lists_every_package():
    manifest = json.loads((vendor.VENDOR / vendor.MANIFEST).read_text())
    assert {name: entry["version"] for name, entry in manifest.items()} == {
        package.name: package.version for package in vendor.PACKAGES
    }


def test_check_finds_changes(folder):
    assert vendor.check(folder) == []
    (folder / "toy" / "a.js").write_text("b")
    (folder / "toy" / "b.js").write_text("new")
    assert vendor.check(folder) == ["not in vendored.json: toy/b.js", "changed: toy/a.js"]
    (folder / "toy" / "a.js").unlink()
    assert "missing: toy/a.js" in vendor.check(folder)
