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


@pytest.mark.parametrize("place", vendor.PLACES)
def test_committed_files_are_what_the_manifest_says(place):
    assert vendor.check(place) == []


def test_manifest_names_version_licence_and_source(folder):
    entry = json.loads((folder / vendor.MANIFEST).read_text())["toy"]
    assert entry["version"] == "1.0"
    assert entry["licence"] == "MIT"
    assert entry["source"] == "npm: toy@1.0"


@pytest.mark.parametrize("place", vendor.PLACES)
def test_manifest_lists_every_package(place):
    manifest = json.loads((place / vendor.MANIFEST).read_text())
    assert {name: entry["version"] for name, entry in manifest.items()} == {
        package.name: package.version for package in vendor.PLACES[place]
    }
    for entry in manifest.values():
        assert entry["licence"]
        assert "LICENSE" in entry["files"]


def test_what_only_tests_use_is_not_published():
    published = {path.name for path in (vendor.ROOT / "web").rglob("*")}
    for package in vendor.TEST_PACKAGES:
        assert package.name not in published


def test_check_finds_changes(folder):
    assert vendor.check(folder) == []
    (folder / "toy" / "a.js").write_text("b")
    (folder / "toy" / "b.js").write_text("new")
    assert vendor.check(folder) == ["not in vendored.json: toy/b.js", "changed: toy/a.js"]
    (folder / "toy" / "a.js").unlink()
    assert "missing: toy/a.js" in vendor.check(folder)


def test_scripts_are_joined_in_the_order_that_is_named(tmp_path):
    source, folder = tmp_path / "package", tmp_path / "toy"
    (source / "deep").mkdir(parents=True)
    for name in ("a", "b", "deep/c"):
        (source / f"{name}.js").write_text(f"!function(){{/* {name} */}}();\n\n")
    joined = {"one.js": ("b.js", "deep/c.js", "a.js")}
    package = vendor.Package("toy", "1.0", "MIT", {"deep/*.js": "kept"}, joined, "done();")
    vendor.take(package, source, folder)
    parts = [f"!function(){{/* {name} */}}();\n" for name in ("b", "deep/c", "a")]
    assert (folder / "one.js").read_text() == "".join([*parts, "done();\n"])
    assert [path.name for path in (folder / "kept").iterdir()] == ["c.js"]
    with pytest.raises(SystemExit, match=r"toy@1.0 holds no gone.js; correct PACKAGES"):
        vendor.take(vendor.Package("toy", "1.0", "MIT", {}, {"x.js": ("gone.js",)}), source, folder)
