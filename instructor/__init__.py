"""The instructor's side of the course: grading, gradebooks, and what travels to a school's system.

Nothing here is published.  `course --help` lists the commands; each module says at its top which
part of the way it is.
"""
