"""Whether bubblewrap can run, told by running it; what it shows is in `test_sandbox`."""

import pytest

from instructor import bubblewrap
from instructor.sandbox import Unavailable


def test_where_it_is_missing_it_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bubblewrap.refusal() == bubblewrap.MISSING
    with pytest.raises(Unavailable, match="apt-get install bubblewrap"):
        bubblewrap.Bubblewrap()


def test_where_the_kernel_refuses_it_says_what_bubblewrap_said(monkeypatch, tmp_path):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: no permission' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    with pytest.raises(Unavailable, match=r"cannot run here.*bwrap: no permission"):
        bubblewrap.Bubblewrap()
