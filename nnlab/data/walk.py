"""All files that lie in a folder, and in the folders in it."""

from collections import deque
from pathlib import Path

from nnlab.data.layout import entries, is_folder
from nnlab.data.names import natural


def files_within(folder: Path) -> list[Path]:
    """Every file, in natural order; hidden ones and archivers' leftovers are passed over. Links are followed, as in a
    dataset, but no folder is looked into twice: a link that leads round in a circle has an end.

    Raises:  DataError: when a folder cannot be read.
    """
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    folders, links = deque([folder]), deque[Path]()  # links last: what lies in the folder itself is named by its place
    while folders or links:
        here = folders.popleft() if folders else links.popleft()
        status = here.stat()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        for entry in entries(here):
            if not is_folder(entry):
                found.append(Path(entry.path))
            elif entry.is_symlink():
                links.append(Path(entry.path))
            else:
                folders.append(Path(entry.path))
    return sorted(found, key=lambda path: [natural(part) for part in path.relative_to(folder).parts])
