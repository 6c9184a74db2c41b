"""Folders that files of boxes lie in, where a layout gives them a name."""

from collections.abc import Iterator
from pathlib import Path

from nnlab.data.layout import PARTITION_NAMES


def annotation_folders(folder: Path, *names: str) -> Iterator[Path]:
    """Where annotations may lie: the folder itself, that of the name in it, and the same of its partitions."""
    if not folder.is_dir():
        return
    yield folder
    for entry in sorted(folder.iterdir()):
        if entry.name.lower() in names and entry.is_dir():
            yield entry
        elif entry.name.lower() in PARTITION_NAMES and entry.is_dir():
            yield entry
            yield from (inner for inner in sorted(entry.iterdir()) if inner.name.lower() in names and inner.is_dir())
