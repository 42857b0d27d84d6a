"""A secret that is one, and the seeds that come from it."""

import subprocess

import pytest

from instructor import seeds


def test_a_new_secret_can_be_read_and_is_not_replaced(tmp_path):
    path = tmp_path / "secret"
    seeds.make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(seeds.read(path)) == 2 * seeds.BYTES
    with pytest.raises(seeds.Refused, match="File exists"):
        seeds.make(path)


def test_two_secrets_differ(tmp_path):
    for name in "ab":
        seeds.make(tmp_path / name)
    assert seeds.read(tmp_path / "a") != seeds.read(tmp_path / "b")


def test_a_secret_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "secret"
    seeds.make(path)
    path.chmod(0o640)
    with pytest.raises(seeds.Refused, match="chmod 600"):
        seeds.read(path)


def test_a_secret_that_git_would_keep_is_refused(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    path = tmp_path / "secret"
    seeds.make(path)
    with pytest.raises(seeds.Refused, match="git"):
        seeds.read(path)
    (tmp_path / ".gitignore").write_text("secret\n")
    assert seeds.read(path)


def test_a_short_or_missing_one_is_refused(tmp_path):
    path = tmp_path / "secret"
    with pytest.raises(seeds.Refused, match="course secret"):
        seeds.read(path)
    path.write_text("short")
    path.chmod(0o600)
    with pytest.raises(seeds.Refused, match="guessed"):
        seeds.read(path)


def test_a_seed_depends_on_the_secret_and_on_what_it_is_for():
    found = {
        tuple(seeds.seed(secret, *about))
        for secret in (b"one secret", b"other secret")
        for about in (("resnet", "layer_count"), ("resnet", "shortcut"), ("resnetlayer_count",))
    }
    assert len(found) == 6
    assert seeds.seed(b"one secret", "a") == seeds.seed(b"one secret", "a")
    assert all(0 <= n < 2**32 for seed in found for n in seed)


def test_cases_have_a_name_that_tells_no_seed():
    seed = seeds.seed(b"a secret of the tests", "resnet", "layer_count")
    name = seeds.identifier(seed)
    assert name == seeds.identifier(list(seed))
    assert name != seeds.identifier(seeds.seed(b"a secret of the tests", "resnet", "stage_macs"))
    assert len(name) == 9  # 32 bits, of a hash of 128
    assert not any(str(number) in name for number in seed)
