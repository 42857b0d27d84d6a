"""One file for each family of nets: what a package of such files holds."""

from importlib import import_module
from pkgutil import iter_modules


def families(package, path):
    """Import the files of a package, in the order of their names.

    Args:
        package: its `__name__`.
        path: its `__path__`.
    """
    return [import_module(f"{package}.{found.name}") for found in iter_modules(path)]
