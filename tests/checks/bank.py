"""The tests that every chapter's checks pass, over the answers that the chapter brings.

A test file of a chapter says which modules hold them, and adds what is true of it alone:

    class TestBank(Bank):
        check, right, wrong = check, right, wrong

`NAME_right.py` brings

    RIGHT           question: right answers, two or more, built differently
    OF_VARIANT      (question, variant): the same for each variant but the first
    TABLE, OPTIONS  of a diagnosis: what is right of each piece, and for each place of that the
                    options with their texts; `bank_pieces` makes answers of a table

`NAME_wrong.py` brings

    WRONG             question: {name: (answer, pattern of what it must be told)}
    WRONG_OF_VARIANT  (question, variant): more of them
    EQUIVALENT        question: {mutant: why it is right all the same}; where the question has
                      variants, the mutant is a pattern that begins with the variant
    OF_COURSE         question with variants: answers of the course itself, wrong in every one
    BETWEEN           (question, variant answered, variant asked for): pattern of what is told, for
                      one pair or more of each question with variants
    ALIKE_IN_PART     questions of whose variants two agree in a kind of case

Each of these may be missing where it would be empty. A check whose cases are of two kinds only says
so with `least_kinds = 2` in the class.
"""

from tests.checks.bank_answers import Answers
from tests.checks.bank_pieces import Pieces
from tests.checks.bank_variants import Variants


class Bank(Answers, Variants, Pieces):
    """Tests of one chapter's checks; a subclass names its three modules."""
