import copy
import re
import shutil
import tomllib
from pathlib import Path

import pytest

import lock

ROOT = Path(__file__).resolve().parents[2]
CUSTOMER = ("jupyter-book", "tensorflow", "matplotlib", "nbval", "pytest", "ipywidgets")


def locked(name):
    """Names of the packages that a lock installs."""
    text = (ROOT / name).read_text("utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE))


@pytest.fixture
def project():
    return lock.read_project(ROOT)


@pytest.fixture
def tree(tmp_path):
    for name in ("pyproject.toml", *lock.LOCKS):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_locks_of_this_tree_are_current():
    assert lock.stale_locks(ROOT) == []


@pytest.mark.parametrize("package", CUSTOMER)
def test_main_lock_holds_the_customers_packages(package):
    assert package in locked(lock.MAIN)


def test_every_direct_dependency_is_in_its_lock(project):
    def names(ranges):
        return {re.match(r"[A-Za-z0-9-]+", text)[0].lower() for text in ranges}

    for name, extras in lock.LOCKS.items():
        wanted = names(project["dependencies"])
        for extra in extras:
            wanted |= names(project["optional-dependencies"][extra])
        assert wanted <= locked(name), name


def test_every_extra_is_in_exactly_one_lock(project):
    placed = [extra for extras in lock.LOCKS.values() for extra in extras]
    assert sorted(placed) == sorted(project["optional-dependencies"])


@pytest.mark.parametrize("name", lock.LOCKS)
def test_every_package_has_hashes(name):
    entries = re.split(r"^(?=[a-z0-9-]+==)", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)
    without = [entry.split()[0] for entry in entries[1:] if "--hash=sha256:" not in entry]
    assert without == []


@pytest.mark.parametrize("name", [name for name in lock.LOCKS if name != lock.MAIN])
def test_small_locks_agree_with_the_main_one(name):
    def versions(path):
        text = (ROOT / path).read_text("utf-8")
        return set(re.findall(r"^([a-z0-9-]+)==([^ ]+)", text, flags=re.MULTILINE))

    shared = {pin for pin in versions(name) if pin[0] in locked(lock.MAIN)}
    differ = {package for package, _ in shared - versions(lock.MAIN)}
    assert differ == set(lock.APART.get(name, ()))


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ('"keras>=3,<4"', '"keras>=3.5,<4"', set(lock.LOCKS)),
        ('requires-python = ">=3.11', 'requires-python = ">=3.12', set(lock.LOCKS)),
        ('"torch>=2.5"', '"torch>=2.6"', {"requirements/torch.txt"}),
        ('"pytest>=8"', '"pytest>=8.1"', {"requirements.txt"}),
        ("line-length = 100", "line-length = 99", set()),
    ],
)
def test_a_changed_range_makes_its_locks_stale(tree, old, new, stale):
    path = tree / "pyproject.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert {message.split()[0] for message in lock.stale_locks(tree)} == stale


def test_missing_lock_is_named(tree):
    (tree / "requirements/solar.txt").unlink()
    assert lock.stale_locks(tree) == ["requirements/solar.txt is missing; run `make lock`."]


def test_a_lock_is_held_to_all_of_the_main_one_but_what_lies_apart():
    def names(text):
        return set(re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE))

    assert names(lock.held_versions(ROOT, "requirements/torch.txt")) == locked(lock.MAIN)
    held = lock.held_versions(ROOT, "requirements/otter.txt")
    assert names(held) == locked(lock.MAIN) - {"wrapt"}
    assert held.count("--hash=") > 1000


def test_order_of_tables_does_not_matter(project):
    turned = dict(reversed(copy.deepcopy(project).items()))
    assert lock.dependency_digest(turned, ("dev",)) == lock.dependency_digest(project, ("dev",))


def test_supported_pythons_are_written_in_the_form_the_shell_reads():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert re.search(r'^requires-python = ">=3\.\d+,<3\.\d+"$', text, flags=re.MULTILINE)
    assert tomllib.loads(text)["project"]["requires-python"].startswith(">=3.11")
