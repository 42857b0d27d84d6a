"""Checks of the graded exercises, one module for each exercise notebook.

A check takes the reader's function, calls it on fixed and on freshly drawn cases, prints one
fixed line when all agree, and raises `WrongAnswer` with the likely misunderstanding otherwise.
It judges what the function does, never how it is written.
"""

from course_lib.checks.verdict import WrongAnswer

__all__ = ["WrongAnswer"]
