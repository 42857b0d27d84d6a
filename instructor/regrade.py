"""What a second grading changes, and why, before anything is written."""

from instructor.grade import Graded, Mark


def changes(before: list[Graded], after: list[Graded]) -> list[str]:
    """Return a line for each mark that differs, and for each student who came or went."""
    old = {one.student: one for one in before}
    new = {one.student: one for one in after}
    lines = [f"{student}: no longer handed in" for student in sorted(old.keys() - new.keys())]
    for student, graded in sorted(new.items()):
        if student not in old:
            lines.append(f"{student}: new, {graded.score:g} points")
        else:
            lines += _of_one(old[student], graded)
    return lines


def _of_one(before: Graded, after: Graded) -> list[str]:
    reason = "another file" if before.sha256 != after.sha256 else "other checks or another secret"
    marks = {mark.question: mark for mark in before.marks}
    lines = []
    for mark in after.marks:
        was = marks.pop(mark.question, None)
        if was is None:
            lines.append(f"{after.student}: {mark.question}: new, {mark.score:g} points")
        elif (was.score, was.points, was.state) != (mark.score, mark.points, mark.state):
            lines.append(f"{after.student}: {_difference(was, mark)} ({reason})")
    return lines + [f"{after.student}: {question}: no longer asked" for question in marks]


def _difference(was: Mark, now: Mark) -> str:
    """Say what a mark was and is, and which kinds of case make the difference."""
    old, new = dict(was.kinds), dict(now.kinds)
    kinds = [
        f"{kind} {'right' if right else 'wrong'}"
        for kind, right in new.items()
        if old.get(kind) is not right
    ]
    kinds += [f"{kind} not tried" for kind in old if kind not in new]
    why = f": {', '.join(kinds)}" if kinds else f": {was.state}, now {now.state}"
    scores = f"{was.score:g} of {was.points:g}, now {now.score:g} of {now.points:g}"
    return f"{now.question}: {scores}{why}"
