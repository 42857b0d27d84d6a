"""Nets whose weights have shapes only, to be counted."""

from contextlib import contextmanager

import keras


@contextmanager
def without_values():
    """Build nets in this context to count them: their weights have shapes but no values.

    Several times faster than building them for use; such a net cannot be run.  Leaving it clears
    the session of Keras, so that layers without a name are counted from 1 again, and the seed of
    `keras.utils.set_random_seed` has to be set again; the dtype policy stays.
    """
    policy = keras.config.dtype_policy()
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:  # else Keras would give all of them values at its next opportunity
        keras.utils.clear_session(free_memory=False)
        keras.config.set_dtype_policy(policy)
