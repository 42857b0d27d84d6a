"""Load a copy of the nets with one line changed, without touching the real ones."""

import sys
import types
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import course_lib

ROOT = Path(course_lib.__path__[0])
# In the order of their imports
MODULES = (
    "graph.py",
    "nets/lenet_layers.py",
    "nets/layers.py",
    "nets/lenet.py",
    "nets/resnet.py",
    "nets/resnet_cifar.py",
    "nets/resnet_v2.py",
    "nets/transplant.py",
    "cost.py",
    "receptive_field.py",
)


@dataclass(frozen=True)
class Fault:
    """A fault: `old`, which occurs in `file`, becomes `new`; `net` is built to show it."""

    what: str
    net: str
    file: str
    old: str
    new: str


@contextmanager
def package(fault=None):
    """Load a copy of the nets, cost and receptive field, with one fault or none."""
    name = "faulty_nets"
    saved = {key for key in sys.modules if key.startswith(name)}
    assert not saved
    loaded = types.SimpleNamespace()
    try:
        for file in MODULES:
            text = (ROOT / file).read_text(encoding="utf-8")
            if fault and fault.file == file:
                assert text.count(fault.old) >= 1, f"{fault.what}: the line is gone from {file}"
                text = text.replace(fault.old, fault.new)
            # The copy must not take the place of the real layers in the registry of Keras.
            text = text.replace('@keras.saving.register_keras_serializable("course_lib")\n', "")
            text = text.replace("course_lib.nets", name).replace("course_lib", name)
            short = Path(file).stem
            module = types.ModuleType(f"{name}.{short}")
            sys.modules[module.__name__] = module
            exec(compile(text, f"{name}/{file}", "exec"), module.__dict__)
            if short == "resnet":
                shorten(module)
            setattr(loaded, short, module)
        yield loaded
    finally:
        for key in [key for key in sys.modules if key.startswith(name)]:
            del sys.modules[key]


def shorten(resnet):
    """Keep two stages of two blocks: small enough to run, long enough to show every fault."""
    resnet.SIZES.update({depth: (kind, (2, 2)) for depth, (kind, _) in resnet.SIZES.items()})
    resnet.WIDTHS = resnet.WIDTHS[:2]
