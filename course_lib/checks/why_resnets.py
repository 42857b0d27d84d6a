"""Checks of the exercises on why residual nets work: one function a question, and the hints."""

from course_lib.checks.verdict import Hints
from course_lib.checks.why_resnets_diagnosis import diagnosis
from course_lib.checks.why_resnets_gradient import gradient_through_identity
from course_lib.checks.why_resnets_identity import is_identity
from course_lib.checks.why_resnets_paths import paths_of_length
from course_lib.progress import Progress

__all__ = [
    "diagnosis",
    "gradient_through_identity",
    "hint",
    "is_identity",
    "paths_of_length",
    "progress",
]

hint = Hints(
    {
        "paths_of_length": (
            "At one block, how many ways are there to go on, and how many convolutions does each "
            "of them add?",
            "A road forks at every block and meets again behind it. Send walkers on all ways, "
            "each with a counter. Behind a block, sort them by what their counters show: every "
            "group from before has split in two.",
            "walkers = {plain: 1}  # counter: how many walkers show it",
        ),
        "is_identity": (
            "For one channel, what does the branch add if all that comes in is 0, and what changes "
            "if it is not?",
            "Look at one channel of the sum as a scale with two pans. In one lies what the kernel "
            "makes of the input, multiplied by gamma; in the other what is added whatever comes "
            "in. Both must be empty. Then look at what stands behind the sum, and ask whether it "
            "ever has anything to do.",
            "scales = [gamma[i] != 0 for i in range(len(gamma))]",
        ),
        "gradient_through_identity": (
            "At which block does the gradient arrive first, and what do the shortcut and the "
            "branch each hand on?",
            "Water runs downhill through a chain of ponds, last pond first. Between two ponds it "
            "splits: one pipe is straight, the other one turns and stretches it. Where the pipes "
            "meet, the waters add up. Dye what has never seen a bent pipe.",
            "size, blocks = len(gradient), len(jacobians)",
        ),
        "diagnosis": (
            "What would have to be in the table if the claim were false?",
            "Cover all columns but the one that the claim is about. If it speaks of one number, "
            "compare that number. If it says *because*, look for two rows that differ in the cause "
            "and in nothing else.",
            'column = {row[0]: row[header.index("training error")] for row in rows}',
        ),
    }
)

progress = Progress(__name__, globals())
