"""Labelled pictures that a run never saw, in the run's own names."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.registry import nearest
from nnlab.core.truth import Label, Truth, Values
from nnlab.data.find import find, found_in
from nnlab.data.given import Filed
from nnlab.data.readers.base import Reader, recognised
from nnlab.data.source import Source

NAMED = 6
"""How many names a message has."""


def labelled(
    folder: str, datasets_path: str, reader: Reader, names: Sequence[str], partition: str, *, others: bool = False
) -> Source:
    """The labelled pictures of a folder, or of a dataset of that name; their truths speak of these names.

    Of a folder that has its partitions in folders of their own, one of them.

    Options:  others: whether classes that are none of these may be there; then they follow them.
    Raises:  DataError: when it is not there, is not laid out as the reader wants it, holds no pictures, or knows
             classes that are none of these.
    """
    path = Path(folder)
    if path.is_file() and recognised(path) is None:
        hint = "one picture by itself: nnlab infer --run=RUN FILE"
        raise DataError("is a file, not a folder of labelled pictures", where=printable(path), hint=hint)
    if not path.exists() and len(path.parts) != 1:
        raise DataError("no such folder", where=printable(path), hint="check the path")
    found = found_in(path, reader) if path.exists() else find(folder, datasets_path, reader)
    where = printable(found.folder)
    if not found.samples:
        raise DataError("holds no labelled pictures", where=where)
    if reader.truth is not None and not isinstance(found.samples[0].truth, (reader.truth, Filed)):
        raise DataError(f"does not say what the run answers with ({reader.about})", where=where)
    if found.partitions:
        found = _part(found, partition)
    unknown = [name for name in found.names if name not in names] if others and found.labelled else []
    return _renamed(found, (*names, *unknown))


def _part(found: Source, partition: str) -> Source:
    """The samples of one partition alone."""
    samples = tuple(sample for sample in found.samples if sample.partition == partition)
    if not samples:
        there = ", ".join(found.told(name) for name in found.partitions)
        hint = f"choose one with --partition, or name a folder of class folders such as {found.told('training')}"
        raise DataError(f"has {there}, and no {partition} partition", where=printable(found.folder), hint=hint)
    return replace(found, samples=samples)


def _renamed(found: Source, names: Sequence[str]) -> Source:
    """With truths that count in the run's names."""
    if found.names == tuple(names):
        return found
    _refuse_unknown(found, names)
    if found.labelled:
        places = [names.index(name) for name in found.names]
        samples = tuple(replace(sample, truth=_label(sample.truth, places)) for sample in found.samples)
        return replace(found, samples=samples, names=tuple(names))
    if set(found.names) == set(names) and all(isinstance(sample.truth, Values) for sample in found.samples):
        columns = [found.names.index(name) for name in names]
        samples = tuple(replace(sample, truth=_values(sample.truth, columns)) for sample in found.samples)
        return replace(found, samples=samples, names=tuple(names))
    what = f"tells of {_listed(found.names)}, and the run of {_listed(names)}"
    raise DataError(what, where=printable(found.folder), hint="they have to be the same")


def _label(truth: Truth, places: Sequence[int]) -> Truth:
    return Label(places[truth.index]) if isinstance(truth, Label) else truth


def _values(truth: Truth, columns: Sequence[int]) -> Truth:
    return Values(tuple(truth.numbers[column] for column in columns)) if isinstance(truth, Values) else truth


def _refuse_unknown(found: Source, names: Sequence[str]) -> None:
    """Raises DataError: naming every class of the folder that the run does not know."""
    unknown = [name for name in found.names if name not in names]
    if not unknown:
        return
    near = nearest(unknown[0], list(names))
    hint = f"is it {near[0]}? rename it, or " if near else ""
    raise DataError(
        f"has {_listed(unknown)}, which the run does not know: it knows {_listed(names)}",
        where=printable(found.folder),
        hint=f"{hint}hide folders by a name that starts with a dot",
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(map(printable, names[:NAMED])) + more
