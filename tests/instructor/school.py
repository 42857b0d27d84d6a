"""Files of a school's system in miniature: archives, tables, and a graded class."""

import json
import zipfile

from instructor.assignment import Assignment, Question
from instructor.grade import Graded, Mark

RESNET = Assignment(
    "resnet",
    (
        Question("layer_count", "Count layers", "q1", "resnet.layer_count", 4.0),
        Question("stage_macs", "Count multiply-adds", "q2", "resnet.stage_macs", 6.0),
    ),
)


def notebook(*cells):
    """Return the text of a notebook with these code cells."""
    code = [
        {
            "cell_type": "code",
            "source": cell,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for cell in cells
    ]
    whole = {"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(whole)


def archive(path, members):
    """Write a zip; a member is a name or a ZipInfo, and a text."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in members:
            whole.writestr(name, content)
    return path


def graded(student, score=10.0, *, unjudged="", kinds=(("a kind", True),)):
    """Return a graded submission with words in it that no student may read."""
    state = "right" if score == 10 else "partly right"
    marks = [
        Mark("layer_count", min(score, 4.0), 4.0, state, list(kinds)),
        Mark("stage_macs", max(score - 4.0, 0.0), 6.0, "wrong", [("another kind", False)]),
    ]
    return Graded(
        student=student,
        file=f"{student}.ipynb",
        sha256="0" * 64,
        release="0",
        receipt="1234-5678-9abc",
        marks=marks,
        notes=["a note for the staff"],
        log=[{"question": "layer_count", "stopped": ["what the submission printed"]}],
        unjudged=unjudged,
    )


def files(folder):
    """Return the text of each file of a folder."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unpacked(path):
    """Return the text of each member of a zip."""
    with zipfile.ZipFile(path) as whole:
        return {name: whole.read(name).decode() for name in whole.namelist()}
