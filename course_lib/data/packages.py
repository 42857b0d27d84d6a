"""Files that travel inside installed packages: found without importing the package, and checked."""

import hashlib
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path


def package_file(package: str, path: str, *, extra: str) -> Path:
    """Return where a file of an installed package lies.  The package is not imported.

    Args:
        package: the name that one imports, such as "skimage".
        path: of the file, below the package's folder.
        extra: of course_lib that installs the package, such as "data".

    Raises:
        ModuleNotFoundError: the package is not installed; the message has the command that does.
        OSError: the package has no such file.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            f"package {package!r} is not installed; run: pip install "
            f'"course_lib[{extra}]", and restart Python'
        )
    file = Path(found.submodule_search_locations[0], path)
    if not file.exists():
        raise OSError(
            f"package {package!r} is installed without {path}; run: pip install "
            f'--force-reinstall "course_lib[{extra}]"'
        )
    return file


def verified(
    path: Path, sha256: str, *, unpack: Callable[[bytes], bytes] = bytes, advice: str = ""
) -> bytes:
    """Read a file and check that it is the one that is meant.

    Args:
        path: of the file.
        sha256: hexadecimal digest of the contents.
        unpack: how to get the contents, such as `gzip.decompress`; distributions pack the same
            contents with other headers.
        advice: what to do about another file, for the message.

    Returns:
        The contents.

    Raises:
        OSError: the file cannot be read, is cut off, or has other contents.
    """
    try:
        content = unpack(path.read_bytes())
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{path} is missing") from error
    except (OSError, EOFError, zlib.error) as error:
        raise OSError(f"{path} is damaged ({error}){advice and '; '}{advice}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise OSError(
            f"{path} is damaged, or another version (its contents are not those that are meant)"
            f"{advice and '; '}{advice}"
        )
    return content
