"""Companion package of the course Deep Convolutional Models; nothing heavy is imported here."""

import os

__version__ = "0.1.0"

PROFILES = ("smoke", "full")


def profile() -> str:
    """Return how much a notebook computes: "smoke" (a minute on two cores) or "full".

    Returns:
        The environment variable COURSE_PROFILE, or "smoke" where it is not set.

    Raises:
        ValueError: COURSE_PROFILE is set to something else.
    """
    value = os.environ.get("COURSE_PROFILE", "smoke")
    if value not in PROFILES:
        raise ValueError(
            f"COURSE_PROFILE is {value!r}; set it to one of {PROFILES}, or leave it unset for "
            f"{PROFILES[0]!r}"
        )
    return value
