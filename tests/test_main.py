"""The command line, in this process; and what an import costs, in a fresh one."""

import json
import re
import subprocess
import sys
import time

import pytest

from course_lib.__main__ import main
from tests.nets import broken


def test_cost_prints_the_table(capsys):
    assert main(["cost", "lenet5"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^total +61,706 +416,520", out, re.MULTILINE)
    assert re.search(r"^FLOPs +833,040$", out, re.MULTILINE)
    assert re.search(r"^MB of weights, fp16 +0\.12$", out, re.MULTILINE)


def test_cost_of_another_input_as_json(capsys):
    assert main(["cost", "resnet50", "--input", "160", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["trainable"] == 25_557_032
    assert data["macs"] < 3_857_973_248
    shapes = {row["name"]: row["shape"] for row in data["layers"]}
    assert shapes["image"] == [160, 160, 3]
    assert shapes["stage4_block3_out"] == [5, 5, 2048]


def test_cost_keeps_the_channels_of_the_net(capsys):
    assert main(["cost", "lenet5", "--input", "64", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["layers"][0]["shape"] == [64, 64, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cost", "resnet51"], "no net 'resnet51'; the nets are lenet5, "),
        (["cost", "resnet50", "--input", "16"], "at least 32 pixels"),
        (["cost", "lenet5", "--input", "0"], "at least 32 pixels"),
    ],
)
def test_bad_requests_are_explained(arguments, message, capsys):
    assert main(arguments) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert message in streams.err


@pytest.mark.parametrize("arguments", [[], ["cost"], ["cost", "lenet5", "--input", "x"], ["bake"]])
def test_bad_commands_show_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: python -m course_lib" in capsys.readouterr().err


def self_times(statement):
    """Microseconds that Python spent in each module's own code, from -X importtime."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", run.stderr)
    return {module: int(spent) for spent, module in rows}


def test_importing_the_package_is_cheap():
    """What Python itself loads does not count, and of three tries the one least disturbed does."""
    python = self_times("pass")
    tries = [self_times("import course_lib") for _ in range(3)]
    added = [{m: spent for m, spent in times.items() if m not in python} for times in tries]
    assert all("course_lib" in times and "keras" not in times for times in added)
    assert min(sum(times.values()) for times in added) <= 50_000


def test_nets_and_cost_load_in_a_moment():
    """Processor time of compiling and running all their modules, Keras being there.

    Of this thread: those that other tests left behind do not count.
    """
    broken.compiled.cache_clear()
    before = time.thread_time()
    count = broken.load()
    assert time.thread_time() - before <= 0.01 * count


def test_cost_of_several_nets_is_one_table(capsys):
    assert main(["cost", "lenet5", "resnet20_cifar", "--input", "32"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["net", "lenet5", "resnet20_cifar"]
    assert "416,520" in lines[1]


def test_nets_of_one_architecture_keep_the_names_that_were_asked_for(capsys):
    names = ["resnet50", "resnet50_v1_5"]
    assert main(["cost", *names, "--input", "32", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["net"] for row in rows] == names
    assert rows[0]["MACs"] < rows[1]["MACs"]
    assert main(["cost", names[1], "--input", "32", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == names[1]


def test_a_net_that_is_named_twice_is_counted_once(capsys):
    assert main(["cost", "lenet5", "lenet5"]) == 0
    assert capsys.readouterr().out.startswith("part ")


def test_cost_by_layer(capsys):
    assert main(["cost", "lenet5", "--layers"]) == 0
    assert "stage2_conv" in capsys.readouterr().out
