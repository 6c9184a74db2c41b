"""Masks in tar shards: `0001.jpg` and `0001.mask.png` beside each other."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.readers.base import READERS
from nnlab.data.readers.masks import Found, Masks, names_of
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.shard_files import MASK_NAMES
from nnlab.data.readers.shared.shard_members import InShards, ShardMembers


@READERS.register
@dataclass(kw_only=True, eq=False)
class TarMasks(InShards, Masks):
    """The class of every pixel of `KEY.jpg`, in `KEY.mask.png` or `KEY.seg.png` of the same tar shard: its values are
    the numbers of the classes, 0 the first, or all are 0 and 255, of two classes.

    `mask_classes.txt` beside the shards names the classes, a line each, else `classes.txt`. Without them they are
    called by their values.
    """

    about: ClassVar[str] = "masks in tar shards"
    lacks: ClassVar[str] = "has no mask: KEY.mask.png"
    folders: ClassVar[tuple[str, ...]] = ()
    kind: ClassVar[str] = "masks"

    def place(self, files: PictureFiles) -> Path:
        """The shards."""
        return files.folder

    def class_names(self, files: PictureFiles) -> tuple[tuple[str, ...], list[DataError]]:
        """Those that a file beside the shards gives, and what is wrong with it."""
        assert isinstance(files, ShardMembers)
        path = next((path for name in MASK_NAMES if (path := files.beside(name)).is_file()), None)
        return ((), []) if path is None else names_of(path)

    def pairs(self, files: PictureFiles, found: Found) -> list[tuple[str, str]]:
        """Of each key the picture and its mask."""
        assert isinstance(files, ShardMembers)
        own = [parts for parts in files.keys.values() if len(parts.pictures) == 1 and parts.masks]
        for parts in own:
            if len(parts.masks) > 1:
                what = f"is one of several masks: {printable(', '.join(parts.masks))}"
                found.faults.append(DataError(what, where=printable(files.files[parts.masks[0]])))
            found.named.update(parts.pictures)
        return [(parts.pictures[0], parts.masks[0]) for parts in own if len(parts.masks) == 1]
