"""Which folder is meant by a dataset's name or path, and by --datasets-path: a path is never answered with another."""

import os
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError, UsageError
from nnlab.core.folders import DATASETS, at_home
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.core.registry import did_you_mean, nearest
from nnlab.data.find import is_dataset
from nnlab.data.layout import entries, folders_in, has_images
from nnlab.data.makers.base import MAKERS
from nnlab.data.options import DataOptions
from nnlab.data.own_arrays import is_arrays
from nnlab.data.readers.base import recognised


@dataclass(frozen=True)
class Place:
    """A folder that is a dataset, as the two settings of a configuration name it from wherever it is read.

    Options:  note: what a user should be told; None when it is what was typed.
    """

    datasets_path: str
    dataset: str
    note: str | None = None


def named_at(dataset: str, datasets_path: str | None) -> tuple[str, str]:
    """A dataset's name and the folder it is looked for in, of a name or a path.  Raises as `place_of` does."""
    place = place_of(dataset, datasets_path)
    return (dataset, datasets_path or DATASETS) if place is None else (place.dataset, place.datasets_path)


def place_of(dataset: str | None, datasets_path: str | None) -> Place | None:
    """The folder that a path means; None where a name in a folder of datasets is meant, or nothing was said.

    Options:  dataset: what was said, a name or a path.  datasets_path: what was said.
    Raises:   DataError: when a path that was given is no dataset.  UsageError: when it may mean two folders.
    """
    if dataset is not None and is_arrays(dataset):
        return Place(DATASETS, dataset)
    if dataset is not None and datasets_path is not None and Path(datasets_path) == Path(DATASETS):
        datasets_path = None  # as a saved configuration has it where nobody said it
    if dataset is not None and is_path(dataset):
        return _of_path(dataset, datasets_path)
    if datasets_path is not None:
        return _of_parent(dataset, datasets_path)
    if dataset is not None and not is_there(Path(DATASETS) / dataset) and is_there(Path(dataset)):
        return _folder(Path(dataset))
    return None


def is_path(dataset: str) -> bool:
    """Whether a dataset is named by a path: `photos/`, `./photos`, `~/photos`, `a/b`."""
    return os.sep in dataset or dataset.startswith("~") or dataset in {".", ".."}


def is_there(path: Path) -> bool:
    """Whether it is a folder, or a file that is a dataset."""
    return path.is_dir() or (path.is_file() and recognised(path) is not None)


def _of_path(text: str, datasets_path: str | None) -> Place | None:
    path = Path(at_home(text))
    within = None if datasets_path is None or path.is_absolute() else Path(at_home(datasets_path)) / path
    if within is not None and is_there(within):
        if is_there(path) and not path.samefile(within):
            here, there = quoted(path.absolute()), quoted(within.absolute())
            raise UsageError(
                f"may be {here} or {there}", where=f"--dataset={text}", hint="write one of them, and no --datasets-path"
            )
        return _folder(within)
    if is_there(path):
        return _folder(path)
    if datasets_path is None and is_there(Path(DATASETS) / path):
        return _folder(Path(DATASETS) / path)
    if path.exists():
        raise DataError(
            "is a file, not a folder of class folders", where=printable(path), hint="unpack it, or name its folder"
        )
    parent = path.parent
    near = nearest(path.name, [entry.name for entry in folders_in(parent)]) if parent.is_dir() else []
    hint = did_you_mean(printable(parent / name) for name in near) if near else "check the path"
    raise DataError("no such folder", where=printable(path), hint=hint)


def _of_parent(dataset: str | None, datasets_path: str) -> Place | None:
    """A folder of datasets that was chosen: itself the dataset, where it is one and holds none of that name."""
    parent = Path(at_home(datasets_path))
    name = DataOptions().dataset if dataset is None else dataset
    named = parent / name
    if named.is_dir() and (dataset is not None or _readable_dataset(named) or not _readable_dataset(parent)):
        return None
    if not parent.is_dir():
        return None  # said by whoever looks for the dataset
    itself = _readable_dataset(parent)
    if dataset is None and not folders_in(parent) and has_images(parent):
        return _folder(parent)  # no class folders: said by whoever reads it
    if itself and dataset in (None, parent.absolute().name):
        line = f"{printable(parent)} is itself a dataset, and what is read: nnlab train {quoted(parent)}"
        return _folder(parent, line)
    if itself:
        hint = f"type: nnlab train {quoted(parent)}"
        raise DataError(f"no such dataset in {printable(parent)}, which is itself a dataset", where=name, hint=hint)
    if dataset is not None:
        return None
    held = [printable(entry.name) for entry in folders_in(parent)]
    hint = f"name one: --dataset={' or '.join(held[:6])}" if held else "name a folder of class folders"
    raise DataError(f"has no dataset {name}, and none was named", where=printable(parent), hint=hint)


def _readable_dataset(folder: Path) -> bool:
    try:
        return is_dataset(folder)
    except DataError:
        return False


def _folder(path: Path, note: str | None = None) -> Place:
    """The place of a folder, absolute, so that a saved configuration means it from anywhere."""
    if path.is_dir():
        entries(path)  # may it be read?
    whole = path.resolve() if ".." in path.parts else path.absolute()  # a link keeps the name that the user knows
    if not whole.name:
        raise DataError("is no dataset", where=printable(path), hint="name a folder of class folders")
    if whole.name in MAKERS and (shipped := Path(DATASETS) / whole.name).is_dir() and shipped.samefile(whole):
        return Place(DATASETS, whole.name, note)
    if whole.name in MAKERS:  # where it goes missing, none is to be drawn in its place
        return Place(DATASETS, str(whole), note)
    return Place(str(whole.parent), whole.name, note)
