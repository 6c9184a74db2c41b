"""Masks beside pictures: `images/a.jpg` has the class of every pixel in `masks/a.png`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.truth import VOID, Mask, Truth
from nnlab.data.layout import PARTITION_NAMES
from nnlab.data.names import IMAGE_SUFFIXES
from nnlab.data.pool import for_each
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.beside import Beside, Said
from nnlab.data.readers.shared.class_names import class_names
from nnlab.data.readers.shared.mask_files import BINARY, Blank, MaskFile, Seen, seen
from nnlab.data.readers.shared.picture_files import PictureFiles

NAMES = "classes.txt"
"""Names of the classes, a line each, from class 0 on: in a folder of masks, or in the set's."""

MOST_UNNAMED = 64
"""Values that masks may have where nobody has named the classes: more are no classes, but shades."""

Kind = Literal["auto", "ids", "binary"]


@dataclass
class Found:
    """The masks of a set.  Options:  of: by picture, the mask's path within the folder and what was seen of it."""

    of: dict[str, tuple[str, Seen]] = field(default_factory=dict)
    faults: list[DataError] = field(default_factory=list)
    named: set[str] = field(default_factory=set)


@READERS.register
@dataclass(kw_only=True, eq=False)
class Masks(Beside):
    """The class of every pixel, in a picture of the same name in `masks/` beside `images/`: its values are the numbers
    of the classes, 0 the first, or all are 0 and 255, of two classes.

    `classes.txt` in the folder of masks, or in the set's own, names the classes, a line each. Without it they are
    called by their values.
    """

    about: ClassVar[str] = "masks in masks/"
    truth: ClassVar[type[Truth] | None] = Mask
    folders: ClassVar[tuple[str, ...]] = ("masks",)
    lacks: ClassVar[str] = "has no mask in masks/"

    void: int | None = option(255, "value of a mask's pixels that count in nothing; none for no such value", low=0)
    masks: Kind = option(
        "auto",
        "what values of masks are: numbers of classes (ids), or black and white of two classes, divided in the middle "
        "(binary); auto: 0 and 255 alone are two classes",
    )

    def recognises(self, folder: Path) -> bool:
        """Whether there is a folder of masks, in it or in the folders of its partitions."""
        within = (path for path in folder.glob("[!._]*/masks") if path.parent.name.lower() in PARTITION_NAMES)
        return any(path.is_dir() for path in (folder / "masks", *within))

    def empty(self, picture: Path) -> Truth:
        """The first class everywhere."""
        return Blank(picture)

    def said(self, files: PictureFiles) -> Said:
        """The mask of every picture, and what is wrong with them; each is looked at once."""
        found = self._found(files)
        values = sorted({value for _, looked in found.of.values() for value in looked.values})
        binary = self.masks == "binary" or (self.masks == "auto" and set(values) == {0, 255})
        names, faults = self.class_names(files)
        faults += found.faults
        if not names and not faults and found.of:
            names = _called(values, binary=binary, void=self.void, where=printable(self.place(files)))
        void = None if binary else self.void
        truths: dict[str, Truth] = {}
        for picture, (mask, looked) in found.of.items():
            if fault := _outside(looked.values, names, void=void, binary=binary):
                faults.append(DataError(fault, where=printable(files.files[mask])))
            else:
                truths[picture] = MaskFile(
                    files.files[mask], classes=len(names), void=void, binary=binary, counts=looked.counts
                )
        return Said(names, truths, found.named | truths.keys(), faults)

    def place(self, files: PictureFiles) -> Path:
        """Where the masks lie."""
        return files.folder / "masks"

    def class_names(self, files: PictureFiles) -> tuple[tuple[str, ...], list[DataError]]:
        """Those that a file gives, and what is wrong with it; none where there is no such file."""
        own = [name for name in files.files if name.rpartition("/")[2].lower() == NAMES]
        own = [name for name in own if name.count("/") == 0 or files.lies_in(name, Masks.folders)]
        own.sort(key=lambda name: name.count("/") == 0)  # that of the masks goes first
        return names_of(files.files[own[0]]) if own else ((), [])

    def pairs(self, files: PictureFiles, found: Found) -> list[tuple[str, str]]:
        """Pictures and their masks.  Options:  found: is told of those that are no pair.

        Raises:  DataError: there is no mask.
        """
        if not any(files.lies_in(name, self.folders) for name in files.all):
            hint = "a mask for each picture of images/, of the same name, as PNG"
            raise DataError("has no masks/", where=printable(files.folder), hint=hint)
        own = files.companions(self.folders, IMAGE_SUFFIXES)
        keys: dict[str, list[str]] = {}
        for picture in files.pictures:
            keys.setdefault(files.key(picture), []).append(picture)
        pairs: list[tuple[str, str]] = []
        for key, masks in own.items():
            pictures = keys.get(key, [])
            if not pictures:
                found.faults += (_fault(files, mask, "is of no picture: none has its name") for mask in masks)
            elif len(masks) > 1 or len(pictures) > 1:
                what = f"is one of several of its name: {', '.join((*masks, *pictures))}"
                found.faults.append(_fault(files, masks[0], what))
            else:
                pairs.append((pictures[0], masks[0]))
            found.named.update(pictures)
        return pairs

    def _found(self, files: PictureFiles) -> Found:
        found = Found()
        pairs = self.pairs(files, found)
        looked: list[Seen | DataError] = [Seen((0, 0))] * len(pairs)

        def look(place: int) -> None:
            picture, mask = pairs[place]
            looked[place] = seen(files.files[mask], files.files[picture], binary=self.masks == "binary")

        for_each(len(pairs), look)
        for (picture, mask), one in zip(pairs, looked, strict=True):
            if isinstance(one, DataError):
                found.faults.append(one)
            else:
                found.of[picture] = mask, one
        return found


def _fault(files: PictureFiles, name: str, what: str) -> DataError:
    return DataError(what, where=printable(files.files[name]))


def names_of(path: Path) -> tuple[tuple[str, ...], list[DataError]]:
    """The names of masks' classes in a file, and what is wrong with it."""
    names, faults = class_names(path)
    if len(names) < 2 and not faults:
        faults.append(DataError(f"names {len(names)} classes, and telling apart needs two", where=printable(path)))
    if len(names) > VOID:
        what = f"names {len(names)} classes, and masks can have {VOID} at most"
        faults.append(DataError(what, where=printable(path)))
    return tuple(map(printable, names)), faults


def _called(values: Sequence[int], *, binary: bool, void: int | None, where: str) -> tuple[str, ...]:
    """The classes by their values.  Raises DataError: where these are none of classes."""
    if binary:
        return BINARY
    own = [value for value in values if value != void]
    if len(own) > MOST_UNNAMED or max(own, default=0) > MOST_UNNAMED - 1:
        what = f"have {len(own)} values up to {max(own)}, and no {NAMES} names so many classes"
        hint = f"write {NAMES}, a line for each class; if they are shades of one thing: --masks=binary"
        raise DataError(what, where=where, hint=hint)
    if max(own, default=0) == 0:
        raise DataError("show one class only: telling apart needs two", where=where)
    return tuple(map(str, range(max(own) + 1)))


def _outside(values: Sequence[int], names: Sequence[str], *, void: int | None, binary: bool) -> str | None:
    """Which values are of no class; None where all are."""
    if binary:
        return None if len(names) in (0, 2) else f"is of two classes, and {NAMES} names {len(names)}"
    outside = [str(value) for value in values if value >= len(names) and value != void]
    if not outside or not names:
        return None
    more = ", ..." if len(outside) > 5 else ""
    return (
        f"has the value{'s' * (len(outside) > 1)} {', '.join(outside[:5])}{more}, and classes are 0 to {len(names) - 1}"
    )
