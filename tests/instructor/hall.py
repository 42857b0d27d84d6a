"""An exam in miniature: three questions of the book, their solutions, and how they are judged."""

import socket

import nbfile
from instructor import confine, seeds, wire
from instructor.bench import question
from instructor.remote import Channel
from tests.checks.judging import EXERCISES

SECRET = b"known to the tests alone"
SETUP = "import keras\nfrom keras import layers, ops\nfrom course_lib.checks import resnet as check"
QUESTIONS = ("layer_count", "stage_macs", "residual_block")


def solution(name, chapter="resnet"):
    """Return the cell that answers a question of the book."""
    for cell in nbfile.read(EXERCISES / f"{chapter}.ipynb")["cells"]:
        if "exercise" in nbfile.tags(cell) and f"def {name}(" in nbfile.source(cell):
            return nbfile.source(cell)
    raise LookupError(name)


def judge(bench, answers=None, *, before=(), hidden=("nets",), names=QUESTIONS):
    """Grade the solutions with some of them replaced; return the verdicts by question."""
    answers = {name: solution(name) for name in names} | (answers or {})
    cells = [SETUP, *before, *answers.values()]
    first = len(cells) - len(answers)
    asked = [
        question(name, [first + i], f"resnet.{name}", seeds.seed(SECRET, name))
        for i, name in enumerate(answers)
    ]
    found = bench.grade(cells, list(range(first, len(cells))), asked, hidden)
    return {verdict["question"]: verdict for verdict in found}


def shares(verdicts):
    return {name: verdict["share"] for name, verdict in verdicts.items()}


class Spy:
    """A process of a submission, asked without a judge: what does its code find there?"""

    def __init__(self, bench, *cells, limits=None, hidden=(), shown=None, seconds=20.0):
        ours, theirs = socket.socketpair()
        with theirs:
            self.child = bench._fork("pupil", theirs)
        self.bench, self.sock, self.channel = bench, ours, Channel(ours, seconds)
        order = {"limits": vars(limits or confine.Limits()), "hidden": list(hidden)}
        order["shown"] = shown or {}
        wire.send(ours, order)
        self.failed = [
            self.channel.ask({"do": "run", "with": {"number": i, "source": source}})
            for i, source in enumerate(cells)
        ]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.bench._kill("pupil", self.child)
        self.sock.close()

    def call(self, name="answer", *first, **arguments):
        details = {"name": name, "first": list(first), "arguments": arguments}
        found = self.channel.ask({"do": "call", "with": details})
        return found.get("value", found)
