"""What a submission may try instead of answering, as the cell that should answer `layer_count`.

Each is judged beside right answers to two other questions: it gets nothing, and costs them nothing.
"""

ZERO = "def layer_count(blocks, kind, option):\n    return 0\n"
CHECKS = """
import sys
import course_lib.checks.verdict as verdict
for module in [m for name, m in list(sys.modules.items()) if name.startswith("course_lib")]:
    for name in list(vars(module)):
        if callable(getattr(module, name)) and not name.startswith("__"):
            try:
                setattr(module, name, lambda *a, **k: None)
            except Exception:
                pass
"""
NUMPY = """
import numpy as np
np.asarray = np.array = lambda *a, **k: True
np.abs = np.max = lambda *a, **k: 0
"""
KERAS = """
import keras
keras.Model.__call__ = lambda self, x, **k: x
keras.Model.get_config = lambda self: {}
keras.ops.convert_to_numpy = lambda x: 0
"""
JSON = """
import json
json.dumps = lambda *a, **k: '{"value": 1, "done": [], "share": 1.0}'
"""
# A frame with a verdict, written to every socket that the process has.
FRAMES = """
import os, struct
text = b'{"done": [{"question": "layer_count", "share": 1.0}], "value": 8}'
for number in range(3, 64):
    try:
        os.write(number, struct.pack("!II", len(text), 0) + text)
    except OSError:
        pass
"""
GARBAGE = """
import os
for number in range(3, 64):
    try:
        os.write(number, os.urandom(4096))
    except OSError:
        pass
"""
HUGE_FRAME = """
import os
for number in range(3, 64):
    try:
        os.write(number, bytes([255] * 8))
    except OSError:
        pass
"""
CLOSED = "import os\nos.closerange(0, 256)\n"
FORKS = """
import os
for _ in range(100000):
    try:
        if not os.fork():
            while True:
                pass
    except OSError:
        pass
"""
THREADS = """
import threading
def spin():
    while True:
        pass
for _ in range(20):
    threading.Thread(target=spin, daemon=True).start()
"""
MEMORY = "hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 28))\n"
DISK = """
with open("full", "wb") as file:
    while True:
        file.write(bytes(1 << 20))
"""
PRINTS = "for _ in range(3000):\n    print('x' * (1 << 20))\n"
SIGNALS = """
import os, signal
for target in (1, 2, 3, os.getppid(), -1):
    for number in (signal.SIGSTOP, signal.SIGTERM):
        try:
            os.kill(target, number)
        except OSError:
            pass
"""
IGNORES = """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
"""
RECURSION = """
import sys
sys.setrecursionlimit(10**9)
def deep(n):
    return deep(n + 1)
deep(0)
"""
SEGFAULT = "import ctypes\nctypes.string_at(0)\n"


def answer(body):
    lines = "\n    ".join(body.splitlines())
    return f"def layer_count(blocks, kind, option):\n    {lines}\n"


PICKLE = """
class Bomb:
    def __reduce__(self):
        import os
        return os.system, ("true",)
    def __repr__(self):
        raise SystemExit
    def __array__(self, *a, **k):
        raise KeyboardInterrupt
def layer_count(blocks, kind, option):
    return Bomb()
"""
EQUALS = """
class Every(int):
    def __eq__(self, other):
        return True
    __hash__ = int.__hash__
def layer_count(blocks, kind, option):
    return Every(0)
"""
RANDOM = "import os\ndef layer_count(blocks, kind, option):\n    return os.urandom(1)[0]\n"
# Right for what the check always asks, and for nothing that it draws.
VISIBLE = """
KNOWN = {((2, 2, 2, 2), "basic", "A"): 18, ((3, 4, 6, 3), "bottleneck", "A"): 50,
         ((3, 4, 6, 3), "basic", "B"): 37, ((1, 5, 2), "bottleneck", "B"): 29,
         ((2, 3), "basic", "C"): 17, ((1, 1, 4), "bottleneck", "C"): 26}
def layer_count(blocks, kind, option):
    return KNOWN.get((tuple(blocks), kind, option), 0)
"""
# Asks the course for the answer: where a question is judged, these modules are not there.
REFERENCE = """
def layer_count(blocks, kind, option):
    from course_lib.checks.resnet_counts import _count
    return _count(tuple(blocks), kind, option)
"""
NETS = """
def layer_count(blocks, kind, option):
    from course_lib.nets.resnet import resnet
    return 1
"""

ATTACKS = {
    "patched checks": CHECKS + ZERO,
    "patched numpy": NUMPY + ZERO,
    "patched keras": KERAS + ZERO,
    "patched json": JSON + ZERO,
    "forged frames": FRAMES + ZERO,
    "garbage frames": GARBAGE + ZERO,
    "a frame of 8 GiB": HUGE_FRAME + ZERO,
    "closed descriptors": CLOSED + ZERO,
    "fork bomb": answer(FORKS + "return 0"),
    "threads left running": THREADS + ZERO,
    "memory bomb": answer(MEMORY),
    "disk fill": answer(DISK),
    "prints gigabytes": answer(PRINTS + "return 0"),
    "signals": SIGNALS + ZERO,
    "ignores signals": answer(IGNORES),
    "loop": answer("while True:\n    pass"),
    "sleep": answer("import time\ntime.sleep(3600)"),
    "leaves": answer("import os\nos._exit(0)"),
    "stack overflow": answer(RECURSION),
    "crash": answer(SEGFAULT),
    "an object that acts when it is read": PICKLE,
    "a number that equals all": EQUALS,
    "a number without end": answer("return 10 ** 10 ** 6"),
    "a list without end": answer("return [0] * 10 ** 9"),
    "nested without end": answer("x = []\nfor _ in range(10**5):\n    x = [x]\nreturn x"),
    "an array without end": answer("import numpy as np\nreturn np.zeros(10 ** 8)"),
    "random": RANDOM,
    "knows the visible cases": VISIBLE,
    "asks the reference": REFERENCE,
    "asks the nets": NETS,
}

MODEL = "def residual_block(x, width, stride):\n    return "
LIE = """
import keras
import numpy as np
{lie}
def residual_block(x, width, stride):
    return layers.Conv2D(width, 3, strides=stride, padding="same")(x)
"""
VARIABLES = "keras.Model.variables = property(lambda self: {})"
OUTPUTS = "keras.Model.stateless_call = lambda self, t, rest, x, training: ({}, None)"


def lie(pattern, what):
    return LIE.format(lie=pattern.format(what))


# Answers to `residual_block` that tell of a model which is none.
MODELS = {
    "lambda": MODEL + "keras.layers.Lambda(lambda t: t)(x)",
    "custom layer": "class R(keras.layers.Layer):\n    def call(self, x):\n        return x\n"
    + MODEL
    + "R()(x)",
    "no variables": lie(VARIABLES, "[]"),
    "variables that are none": lie(VARIABLES, "[1, 2]"),
    "variables without end": lie(VARIABLES, "[keras.Variable(0.0)] * 10**6"),
    "a variable without end": lie(VARIABLES, "[keras.Variable(np.zeros(10**8, 'int8'))]"),
    "outputs that are none": lie(OUTPUTS, "None"),
    "its images as outputs": lie(OUTPUTS, "x"),
    "outputs without end": lie(OUTPUTS, "np.zeros(10**8)"),
    "outputs that are no numbers": lie(OUTPUTS, "np.full(len(x), np.nan)"),
    "outputs of letters": lie(OUTPUTS, "np.array(['right'] * len(x))"),
    "outputs that raise": lie(OUTPUTS, "1 / 0"),
}

# Answers to `kernel_weights` that ask an instructor's own checks, which the judge alone has.
BY_IMPORT = """
def kernel_weights(side, channels, filters):
    from checks.quiz import reference
    return reference(side, channels, filters)
"""
BY_LOADER = """
import sys
def kernel_weights(side, channels, filters):
    space = {}
    for finder in sys.meta_path:
        for name, text in getattr(finder, "sources", {}).items():
            exec(text, space)
    return space["reference"](side, channels, filters)
"""
BY_MEMORY = """
import gc
def kernel_weights(side, channels, filters):
    found = [o for o in gc.get_objects() if getattr(o, "__name__", "") == "reference"]
    return found[0](side, channels, filters)
"""
BY_FILE = """
import os
def kernel_weights(side, channels, filters):
    for root in ("/course", "/tmp", "/home", "/dev/shm"):
        for folder, _, names in os.walk(root):
            for name in names:
                path = os.path.join(folder, name)
                if name == "quiz.py" or "checks.quiz" in name:
                    space = {}
                    exec(open(path).read(), space)
                    return space["reference"](side, channels, filters)
    return 0
"""
PRIVATE = {
    "imports its checks": BY_IMPORT,
    "asks what loads its checks": BY_LOADER,
    "looks for its checks in memory": "from checks import quiz\n" + BY_MEMORY,
    "looks for its checks on the disk": BY_FILE,
}
