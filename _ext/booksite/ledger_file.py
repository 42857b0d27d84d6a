"""The file book/ledger.yml, read as it is written: a key that stands twice is refused."""

from pathlib import Path
from typing import Any

import yaml


class _OnceLoader(yaml.SafeLoader):
    """YAML itself keeps the last of two equal keys, so that one number hides another."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse equal keys, then do what YAML does."""
        seen: dict[Any, int] = {}
        for key, _ in node.value:
            name, line = self.construct_object(key), key.start_mark.line + 1
            if name in seen:
                raise ValueError(
                    f"book/ledger.yml: {name!r} stands in line {seen[name]} and again in line "
                    f"{line}; delete one"
                )
            seen[name] = line
        return super().construct_mapping(node, deep)


def read(root: str | Path) -> dict[str, Any]:
    """Return the fields of every entry by key.

    Args:
        root: the folder that holds `book/`; a missing ledger counts as an empty one.

    Raises:
        ValueError: a key stands twice; the message names both lines.
    """
    path = Path(root) / "book" / "ledger.yml"
    if not path.exists():
        return {}
    return yaml.load(path.read_text(encoding="utf-8"), _OnceLoader) or {}
