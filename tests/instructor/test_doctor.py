"""Whether a machine is fit to grade, and what to do where it is not."""

import os
import subprocess

import pytest

from instructor import doctor


@pytest.fixture
def host(monkeypatch):
    """A machine that is no container, whatever this one is."""
    monkeypatch.setattr(doctor.container, "inside", lambda: False)


def test_where_submissions_are_graded_everything_works(bench):
    findings = doctor.examine()
    assert [finding for finding in findings if not finding.works] == []
    assert bench.wall.about in findings[-1].what


def test_without_bubblewrap_it_names_the_package(host, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    missing = [finding for finding in doctor.examine() if not finding.works]
    assert [finding.remedy for finding in missing] == [doctor.INSTALL]


def test_elsewhere_than_on_linux_it_names_the_image(monkeypatch):
    monkeypatch.setattr(doctor.platform, "system", lambda: "Darwin")
    first = doctor.examine()[0]
    assert not first.works
    assert "image" in first.remedy


@pytest.mark.parametrize(
    ("restricted", "remedy"), [("1", "apparmor_parser"), ("0", "max_user_namespaces")]
)
def test_without_namespaces_it_names_the_exact_fix(host, monkeypatch, tmp_path, restricted, remedy):
    flag = tmp_path / "flag"
    flag.write_text(restricted + "\n")
    monkeypatch.setattr(doctor, "APPARMOR", flag)
    failed = subprocess.CompletedProcess([], 1, "", "bwrap: setting up uid map: denied\n")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: failed)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: "bwrap")
    last = doctor.examine()[-1]
    assert not last.works
    assert remedy in last.remedy


def test_where_a_container_would_not_part_submissions_it_says_why(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setenv("COURSE_CONTAINER", "1")
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    missing = [finding for finding in doctor.examine() if not finding.works]
    assert ["without --user" in finding.remedy for finding in missing] == [True]
