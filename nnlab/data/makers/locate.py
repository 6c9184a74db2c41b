"""From a dataset's name to the folder to read, drawn on first use where nnlab can draw it."""

from collections.abc import Callable
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.folders import DATASETS, at_home, cache_dir
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest
from nnlab.data.makers.base import MAKERS, DatasetMaker
from nnlab.data.makers.write import publish
from nnlab.data.readers.base import recognised


def dataset_folder(name: str, datasets_path: str | Path, *, say: Callable[[str], None] | None = None) -> Path:
    """The folder, or file, of a dataset: `<datasets_path>/<name>`; without one, a set that nnlab draws is drawn into
    the cache (not when `datasets_path` was chosen and is not there: that is a mistake).

    Options:  say: called with one line before a set is drawn, which takes some seconds.
    Raises:  DataError: when there is none, with the nearest names; when the cache cannot be written.
    """
    parent = Path(at_home(str(datasets_path)))
    folder = parent / name
    if folder.is_dir() or (folder.is_file() and recognised(folder)):
        return folder
    if Path(name).is_absolute() and not folder.exists():
        raise DataError("no such folder", where=printable(folder), hint="bring it back, or name another dataset")
    if folder.exists():
        raise DataError("not a dataset but a file", where=printable(folder))
    if name in MAKERS:
        if not parent.is_dir() and parent != Path(DATASETS):
            raise DataError("no such folder of datasets", where=printable(parent), hint="check --datasets-path")
        maker = MAKERS.get(name)()  # whose name may be written in other letters: Numbers
        there = parent / maker.dataset()
        return there if there.is_dir() else _drawn(maker, say)
    drawable = [maker.dataset() for maker in MAKERS]
    known = sorted({*_folders(parent), *drawable})
    near = nearest(name, known) or nearest(name, _folders(Path()))
    advice = did_you_mean(near) if near else f"known are {', '.join(known[:10])}"
    if not parent.is_dir():
        what = f"no such dataset, and no folder {printable(parent)} to look for it in"
        raise DataError(what, where=name, hint=f"{advice}; --datasets-path names another folder")
    raise DataError(f"no such dataset in {printable(parent)}", where=name, hint=advice)


def cached_folder(maker: DatasetMaker) -> Path:
    """Where a set is kept once it has been drawn for use away from the repository."""
    return cache_dir() / "datasets" / f"{maker.dataset()}-{maker.version}"


def _drawn(maker: DatasetMaker, say: Callable[[str], None] | None) -> Path:
    folder = cached_folder(maker)
    if folder.is_dir():
        return folder
    if say:
        say(f"drawing {maker.dataset()} ({maker.images} images) into {printable(folder)}")
    return publish(maker, folder)


def _folders(parent: Path) -> list[str]:
    """The datasets there; none when the folder cannot be read, for that is not what the user asked about."""
    try:
        return [printable(Path(entry.name)) for entry in parent.iterdir() if entry.is_dir() and entry.name[0] != "."]
    except OSError:
        return []
