"""Check of the question of the why_resnets exercises that judges claims by a table of results."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
GROUNDS = {
    "training errors": "The training errors do not settle this claim by themselves, or it is not "
    "about how well a net fits.",
    "training and test errors": "This claim is not about the distance between the two errors, or "
    "one of them settles it alone.",
    "norms of the gradient": "The norms do not settle this claim: it is about something else, or "
    "it makes them a cause.",
    "derivative of a block": "The derivative does not settle this claim. It says which terms a "
    "gradient has, not how large they are nor what follows for the errors.",
    "what a block computes": "This claim is not about what a block can compute.",
    "no run of the table": "Something does settle this claim: a column, or the formula of the "
    "block.",
}
VERDICTS = {
    "shown": "It is not shown.",
    "refuted": "It is not refuted: nothing that is given contradicts it.",
    "open": "It is not open: something that is given decides it.",
}
LOOK = {  # claim: where to look, said of every wrong choice
    "a": "A net that overfits has a low error on the images that it was fitted to. Which of the "
    "two plain nets has the lower one?",
    "b": "A gradient that vanishes on its way is smaller where it arrives than where it set out. "
    "Hold the two norms of Plain 48 side by side, and mind when they were measured.",
    "c": "Multiply the derivatives of the blocks out. Which term meets no branch, and what of the "
    "measured numbers does it need?",
    "d": "Both nets differ in their shortcuts. What else follows from shortcuts, and was any of it "
    "changed alone?",
    "e": "Compare Residual 300 with Residual 48: on images that they were trained on, and on "
    "others.",
    "f": "In Plain 48 a large norm and a bad fit come together. Was there a run in which the norm "
    "was made small and nothing else changed?",
}
# claim: fingerprints of what settles it and of the verdict
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("f05072b4d3f58638", "e2b529f886436f2f"),
    "b": ("67396db9e27da253", "6de81877a4b2ed80"),
    "c": ("ad14e35551a3f50f", "2afd6ed107157dd1"),
    "d": ("bd219c1cf1fc1469", "b82718f809e5fbed"),
    "e": ("d6be331fdbff2290", "ab66d2c8d3bb5951"),
    "f": ("575356b22e05ab84", "b470d2dfcb6c08dd"),
}
# variant: which of the claims stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(claim)`: a pair (ground, verdict) for each claim."""
    parts = "what settles the claim, and the verdict"
    for label, claim in shown(RIGHT, chosen(ORDERS, variant)):
        options = [
            {option: f"{text} {LOOK[claim]}" for option, text in texts.items()}
            for texts in (GROUNDS, VERDICTS)
        ]
        with case(f"claim {label}"):
            expect_pair(answer, {"claim": label}, claim, options, RIGHT[claim], parts)
    passed("diagnosis", "Two claims shown, two refuted, two that nobody has tested here.")
