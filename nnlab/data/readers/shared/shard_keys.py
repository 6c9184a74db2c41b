"""Members of tar shards that belong together: `0001.jpg`, `0001.json` and `0001.mask.png` are one sample's."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.data.names import is_image
from nnlab.data.readers.shared.member_labels import KEYS, LABELS, MOST_BYTES
from nnlab.data.readers.shared.shard_files import ShardFiles
from nnlab.data.readers.shared.strict_json import strict_json
from nnlab.data.tars.headers import members
from nnlab.data.tars.members import member_bytes, tar_of

LOOKED_AT = 100
"""Members that are looked at where nobody says what a folder is."""

MASKS = ("mask", "seg")
"""What stands between the key and the ending of a mask: `0001.mask.png`."""

BOXES, POINTS, VALUES = ("boxes", "annotations"), ("points", "keypoints"), ("targets",)
"""What these are called in JSON."""

KINDS = {"class": KEYS, "boxes": BOXES, "points": POINTS, "values": VALUES}
"""What JSON of a sample may say, and under which of its names."""


@dataclass
class Parts:
    """The members of one key.  Options:  said: by their endings, of LABELS."""

    pictures: list[str] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def picture(self) -> str:
        """The one picture.  Raises DataError: there is another number of them."""
        if len(self.pictures) != 1:
            raise DataError(f"has {len(self.pictures)} pictures" if self.pictures else "has no picture")
        return self.pictures[0]

    @property
    def beside(self) -> list[str]:
        """What may say the class, what is asked first before the others."""
        return [self.said[ending] for ending in LABELS if ending in self.said]


def by_keys(names: Iterable[str], within: str, left_out: list[str]) -> dict[str, Parts]:
    """What belongs together.  Options:  within: how paths within the dataset begin.  left_out: is added to."""
    keys: dict[str, Parts] = {}
    for name in names:
        top, slash, last = name.rpartition("/")
        key, _, ending = last.partition(".")
        if last.startswith((".", "__")):
            continue
        parts = keys.get(top + slash + key) or Parts()
        if ending.lower() in LABELS:
            parts.said[ending.lower()] = name
        elif is_image(last) and "." not in ending:
            parts.pictures.append(name)
        elif is_image(last) and ending.lower().rpartition(".")[0] in MASKS:
            parts.masks.append(name)
        else:
            left_out.append(within + printable(name))
            continue
        keys[top + slash + key] = parts
    return keys


def json_of(path: Path) -> Any:
    """What a member of JSON says.  Raises DataError: it cannot be read, or is too large to be of one picture."""
    tar = tar_of(path)
    assert tar is not None
    try:
        return strict_json(member_bytes(path, tar, MOST_BYTES).decode("utf-8-sig"))
    except (ValueError, OSError) as error:
        raise DataError(f"cannot be read ({printable(str(error))})") from error


def kinds_in(folder: Path) -> frozenset[str]:
    """What the first members of the first shard say of pictures: `class`, `masks`, `boxes`, `points`, `values`, and
    `pictures` where there are any; nothing where it is no folder of shards alone.

    Of one that is damaged all that there is: what is wrong with it is said when it is read.
    """
    try:
        files = ShardFiles.of(folder)
        if not files.tars or not files.stand_alone:
            return frozenset()
        first = next(iter(files.tars.values()))
        status = first.stat()
        return _kinds(first, status.st_mtime_ns, status.st_size)
    except (DataError, OSError):
        return frozenset()


@functools.lru_cache(maxsize=8)
def _kinds(tar: Path, *state: int) -> frozenset[str]:
    found: set[str] = set()
    try:
        with open_file(tar) as file:
            names = [member.name for member in islice(members(file, state[-1]), LOOKED_AT)]
    except DataError:
        return frozenset((*KINDS, "masks", "pictures"))
    for parts in by_keys(names, "", []).values():
        found |= {"pictures"} if parts.pictures else set()
        found |= {"masks"} if parts.masks else set()
        found |= {"class"} if parts.said.keys() - {"json"} else set()
        if "json" in parts.said:
            found |= _kinds_of(tar / parts.said["json"])
    return frozenset(found) if "pictures" in found else frozenset()


def _kinds_of(path: Path) -> set[str]:
    try:
        said = json_of(path)
    except DataError:  # told by who reads it
        return set()
    if not isinstance(said, dict):
        return {"class"}
    return {kind for kind, names in KINDS.items() if any(name in said for name in names)}
