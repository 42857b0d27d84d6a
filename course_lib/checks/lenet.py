"""Checks of the exercise notebook on LeNet-5: `from course_lib.checks import lenet as check`."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import shown
from course_lib.checks.lenet_counts import dense_minus_convolution, weights_by_layer
from course_lib.checks.lenet_layers import connections
from course_lib.checks.lenet_nets import small_lenet
from course_lib.checks.lenet_subsampling import subsampling
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import Hints, expect_choice, passed
from course_lib.progress import Progress

__all__ = [
    "connections",
    "dense_minus_convolution",
    "diagnosis",
    "hint",
    "progress",
    "small_lenet",
    "subsampling",
    "weights_by_layer",
]

# What `diagnosis` may return, and what a reader hears who finds that fault where it is not.
FEEDBACK = {
    "no weights": "A layer with that fault has no trainable weights.  Build the piece and count "
    "them with `count_params()`.",
    "per pixel": "A layer with that fault gets more trainable weights when its maps grow.  It has "
    "as many of them as it has pixels, times a small number.",
    "all connections": "With that fault each map of C3 can learn from all six maps of S2.  Look at "
    "which weights training can change: connections outside the table, or none?",
    "padding": "With that fault some outputs are computed from zeros beyond the border.  Compare "
    "what comes out with a layer of the same weights that pads nothing, not layer arguments.",
    "dense": "A layer with that fault fixes the side of the image once it is built: for another "
    "side it would need other weights.  Does this piece slide over its input, or not?",
    "no bias": "With that fault a blank image gives 0 before the activation, whatever the weights "
    "are.  Count the weights: one more than the kernels hold, for each map?",
    "nothing": "Its author's claim fails.  Compare with the paper's layer: the outputs, the number "
    "of trainable weights, what training can change, and another size of image.",
}
# What to say instead where the text above would be true of a piece that has another fault.
OWN = {
    1: {
        "no bias": "With that fault there would still be a coefficient to train.  Count what "
        "training can change here: one weight a map, or fewer?"
    },
    2: {
        "dense": "With that fault each output would read the whole input.  Follow one output back: "
        "which pixels does it read here, and which weights does it use?"
    },
    5: {
        "per pixel": "With that fault there would still be maps, with an output for each position. "
        " Look at the shape that comes out: how much of the input does one output read?"
    },
}
FINGERPRINTS = {  # of the right option for each piece
    1: "224926dc6c765952",
    2: "b725b127d0bc6994",
    3: "101e427aef5d9a6f",
    4: "3b14511ebe12816a",
    5: "189ef5b4f9bb4537",
    6: "9f2f56322912813d",
}
# variant: which of the pieces stands under each number
ORDERS = {"first": "123456", "second": "416325", "third": "351642", "fourth": "632514"}


def diagnosis(answer, variant="first") -> None:
    """Check what departs from the paper in each of six pieces of code."""
    for label, piece in shown(FINGERPRINTS, chosen(ORDERS, variant)):
        feedback = FEEDBACK | OWN.get(piece, {})
        with case(f"piece {label}"):
            expect_choice(answer, feedback, FINGERPRINTS[piece], {"piece": label})
    passed("diagnosis", "All six pieces, the sound one included.")


hint = Hints(
    {
        "weights_by_layer": (
            "What does one output pixel of the layer read, and which of the weights it uses does "
            "it share with its neighbours?",
            "Follow the side of the image first: a 5x5 kernel fits into a row four times fewer "
            "than there are pixels, a 2x2 window half as often.  Then hang on each map its "
            "kernels, one for every map it reads, and one bias.",
            "s4_side = ((side - 4) // 2 - 4) // 2",
        ),
        "connections": (
            "If the maps sit around a table, which neighbours does each new map listen to, and who "
            "comes after the last one?",
            "Draw a clock with a mark for each input map.  A hand that covers three marks turns by "
            "one mark a column; then one that covers four; then two hands in line, two marks each.",
            "table = np.zeros((maps, 2 * maps + maps // 2 + 1), bool)",
        ),
        "subsampling": (
            "How many numbers does a map of S2 learn, and is anything learned inside a window?",
            "Lay the windows on the map: each adds up with no weights at all.  The whole map has "
            "two dials, one that multiplies and one that lifts; then comes the squashing.  Whether "
            "the windows add before the dials or after, the task says.",
            "sums = layers.Rescaling(window**2)(layers.AveragePooling2D(window, stride)(x))",
        ),
        "small_lenet": (
            "Which layers must know the side of the image, and which do not?",
            "A funnel of two stages: each convolution takes four rows and columns off, each "
            "halving takes half.  A small square is left; whether C5 covers it in one step, and "
            "what F6 is handed, the task says.",
            'step = 2 if halving == "stride" else 1',
        ),
        "diagnosis": (
            "If you trained the piece for one step, or gave it a larger image, what would change "
            "that does not change in the paper's layer?",
            "Put two boxes side by side, the piece and the paper's layer, with the same weights. "
            "Feed both the same picture; then look behind them and count the dials.",
            "x = keras.Input((40, 40, 6)); print(keras.Model(x, piece_2(x)).count_params())",
        ),
        "dense_minus_convolution": (
            "How many numbers does each version hand to F6?",
            "Two pipes run from S4 to F6.  The dense one narrows to a single column of values; the "
            "convolution leaves a square of such columns, and F6 needs a weight for each value.",
            "positions = (side - 4) ** 2  # that the convolution leaves",
        ),
    }
)

progress = Progress(__name__, globals())
