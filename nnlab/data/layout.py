"""How a dataset's folder is laid out: class folders, or a folder for each partition with class folders in it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.names import has_pictures, natural
from nnlab.data.runs_within import is_of_runs

PARTITION_NAMES: Mapping[str, str] = {
    "train": "training", "training": "training",
    "dev": "dev", "val": "dev", "valid": "dev", "validation": "dev",
    "test": "test", "testing": "test",
}  # fmt: skip
"""Names of folders, in any case, that are partitions where class folders lie in them."""

Entry = os.DirEntry[str]


def entries(folder: Path) -> list[Entry]:
    """What a folder holds, in natural order; hidden entries, archivers' folders (__MACOSX) and folders of runs, which
    `nnlab train .` leaves in the dataset itself, are left out."""
    try:
        with os.scandir(folder) as found:
            shown = (entry for entry in found if not entry.name.startswith("."))
            kept = [entry for entry in shown if not (is_folder(entry) and _is_no_part(entry))]
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", where=printable(folder)) from error
    return sorted(kept, key=lambda entry: natural(entry.name))


def _is_no_part(folder: Entry) -> bool:
    return folder.name.startswith("__") or is_of_runs(folder)


def is_folder(entry: Entry) -> bool:
    """Whether it is a folder, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False


def folders_in(folder: Path) -> list[Entry]:
    """The folders in a folder."""
    return [entry for entry in entries(folder) if is_folder(entry)]


def has_images(folder: Path, *, nested: bool = False) -> bool:
    """Whether images or videos lie in it. Options:  nested: or in the folders in it; those deeper do not count."""
    there = entries(folder)
    if any(has_pictures(entry.name) for entry in there):
        return True
    return nested and any(has_images(Path(entry.path)) for entry in there if is_folder(entry))


def class_folders(folder: Path, *, nested: bool = False) -> list[Entry]:
    """The folders in it that have images. Options:  nested: as for `has_images`."""
    return [entry for entry in folders_in(folder) if has_images(Path(entry.path), nested=nested)]


def partition_folders(folder: Path, *, nested: bool = False) -> dict[str, Path]:
    """The folders that are the partitions of a dataset, by partition; none where its folders are its classes.

    `train/` (or `training/`) has to be one of them, with class folders in it; `test/` beside `cat/`, both full of
    images, are two classes.

    Options:  nested: whether images may lie in folders in those of their classes.
    Raises:  DataError: when two folders are one partition, training is missing, or images lie beside the partitions.
    """
    there = folders_in(folder)
    called = [Path(entry.path) for entry in there if entry.name.lower() in PARTITION_NAMES]
    full = {path: classes for path in called if (classes := class_folders(path, nested=nested))}
    if not full:
        _refuse_flat(folder, there)
        return {}
    found: dict[str, Path] = {}
    for path, classes in full.items():
        if has_images(path):
            raise DataError(
                f"images lie beside folders of images ({', '.join(printable(entry.name) for entry in classes[:4])})",
                where=printable(path),
                hint="if it is a partition, move them into its class folders; if it is a class, move the others up",
            )
        name = PARTITION_NAMES[path.name.lower()]
        if name in found:
            raise DataError(
                f"{printable(found[name].name)}/ and {printable(path.name)}/ are both the {name} partition",
                where=printable(folder),
                hint="move their images together, or hide one by a name that starts with a dot",
            )
        found[name] = path
    found = {name: found[name] for name in ("training", "dev", "test") if name in found}
    _refuse_others([Path(entry.path) for entry in there if Path(entry.path) not in full], found)
    if "training" not in found:
        raise DataError(
            f"has {' and '.join(f'{printable(path.name)}/' for path in found.values())} and no train/ to learn from",
            where=printable(folder),
            hint="put the images to learn from in train/, each class's in a folder of its name",
        )
    return found


def _refuse_flat(folder: Path, there: Sequence[Entry]) -> None:
    """`train/` and `test/`, both full of images and nothing beside them, are no two classes to tell apart."""
    if not any(PARTITION_NAMES.get(entry.name.lower()) == "training" for entry in there):
        return
    names = [entry.name for entry in there if has_images(Path(entry.path))]
    if len(names) > 1 and all(name.lower() in PARTITION_NAMES for name in names):
        both = ", ".join(f"{printable(name)}/" for name in names)
        raise DataError(
            f"{both} are partitions by their names, and have no class folders",
            where=printable(folder),
            hint="put each class's images in a folder of its name in them; if they are classes, rename them",
        )


def _refuse_others(others: Sequence[Path], found: Mapping[str, Path]) -> None:
    """Images are not left out in silence; folders without any (annotations, say) are."""
    for path in others:
        if path.name.lower() in PARTITION_NAMES and has_images(path):
            raise DataError(
                "is a partition by its name, and has images but no class folders",
                where=printable(path),
                hint="put each class's images in a folder of its name, or hide it by a name that starts with a dot "
                "(nnlab infer is for pictures whose class is not known)",
            )
        if has_images(path) or class_folders(path):
            names = ", ".join(f"{printable(there.name)}/" for there in found.values())
            raise DataError(
                f"has images and lies beside {names}, but is no partition",
                where=printable(path),
                hint="move its images into one of them, or hide the folder by a name that starts with a dot",
            )


def holds_classes(folder: Path) -> bool:
    """Whether a folder's own are classes or partitions, and not datasets. Raises DataError: unreadable."""
    there = [Path(entry.path) for entry in folders_in(folder)]
    if any(path.name.lower() in PARTITION_NAMES and class_folders(path) for path in there):
        return True
    return any(map(has_images, there)) and not any(map(class_folders, there))
