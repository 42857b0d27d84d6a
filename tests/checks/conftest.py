"""Every test of a check draws the same cases, and says what it compared."""

import keras
import pytest

pytest.register_assert_rewrite(
    *(f"tests.checks.bank_{part}" for part in ("answers", "pieces", "variants"))
)


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    """Draw the same cases and weights in every run."""
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")
    keras.utils.set_random_seed(1)
