"""Checks of the exercises on batch normalization: one function a question, and the hints."""

from course_lib.checks.batchnorm_backward import batch_norm_backward
from course_lib.checks.batchnorm_cards import batch_norm_inference, batch_norm_train
from course_lib.checks.batchnorm_diagnosis import diagnosis
from course_lib.checks.batchnorm_fold import fold_into_conv
from course_lib.checks.batchnorm_running import update_running
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "batch_norm_backward",
    "batch_norm_inference",
    "batch_norm_train",
    "diagnosis",
    "fold_into_conv",
    "hint",
    "progress",
    "update_running",
]

hint = Hints(
    {
        "update_running": (
            "How many values does one channel have in a batch, and which of them share a mean?",
            "A jar of paint for each channel. Each batch brings its own paint. A share of what is "
            "in the jar is poured away, and as much of the new is poured in, so that the jar stays "
            "full. Then comes the next batch.",
            "per_channel = [batch.reshape(-1, batch.shape[-1]) for batch in batches]",
        ),
        "batch_norm_train": (
            "Which images share a mean and a variance here, and along which axes of the array "
            "do these lie?",
            "Deal the photographs into piles as the task says. For one pile and one channel, lay "
            "all pixels in one long row: one mean, one variance. No pile looks into another, "
            "unless the task says so.",
            "piles = np.zeros((cards, len(x) // cards), dtype=int)",
        ),
        "batch_norm_inference": (
            "If the image came alone instead of with others, which of your numbers would change?",
            "Each card hands in a note with two numbers for each channel. The notes were written "
            "in training, and the images of today add nothing to them. The task says what becomes "
            "of the notes.",
            "count, channels = means.shape",
        ),
        "batch_norm_backward": (
            "If one value of x grows a little, which other outputs of its channel move, and "
            "through which number?",
            "A row of people hold a rope. Whoever steps forward is pulled back by the share of the "
            "step that moves the whole rope: all of them, for a mean; each as far as he leans, for "
            "a spread. What is held fast pulls nobody.",
            "values_of_a_channel = x.size // x.shape[-1]",
        ),
        "fold_into_conv": (
            "With the running averages fixed, the normalization is one number times its input plus "
            "another. Which weights of the kernel does the first one meet?",
            "Write one output pixel as a long sum: weights times inputs, plus a bias. Put the "
            "normalization where the task has it. Multiply out. What stands beside an input is the "
            "new weight; what stands alone is the new bias.",
            "rows, columns, read, filters = kernel.shape",
        ),
        "diagnosis": (
            "Whose mean and variance does the layer take: in training, and in use?",
            "Follow one channel through the piece. What was added to it right before its mean was "
            "taken away? Who else writes into its running averages, and how fast? Who decides that "
            "training is over?",
            "build = lambda piece: keras.Model(x := keras.Input((6, 7, 3)), piece(x))",
        ),
    }
)

progress = Progress(__name__, globals())
