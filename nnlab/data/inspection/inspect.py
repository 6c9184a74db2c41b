"""Looks at every picture of a dataset, once."""

from collections.abc import Sequence

from nnlab.core.errors import DataError
from nnlab.data.chosen import chosen_source
from nnlab.data.given import given_together
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.inspection.look import DECODED, Look, look_at
from nnlab.data.options import DataOptions
from nnlab.data.partitioned import members_of
from nnlab.data.pool import for_each
from nnlab.data.prepare import Preparation, Progress, naming, units_of
from nnlab.data.readers.base import Reader
from nnlab.data.source import Sample, Source
from nnlab.data.split import Members


def inspect(options: DataOptions, reader: Reader | None = None, progress: Progress | None = None) -> Inspected:
    """A dataset as training with these options would read and split it.

    Options:  reader: of its layout; None: whichever recognises the folder.

    Raises:  DataError: when there is none, or its folder is not laid out as a dataset.  MissingError: without the image
             library.  ResourceError: memory is wanting.
    """
    preparation = Preparation(
        steps=(), library=DATA_LOADERS.get(options.data_loader)(), wanted=(DECODED, DECODED), disk_cache=False
    )
    source = chosen_source(options, reader)
    members, fault = _members(source, options)
    return Inspected(source, _looks(source.samples, preparation, options.workers, progress), members, fault)


def _members(source: Source, options: DataOptions) -> tuple[Members, str | None]:
    """The partitions; where training would refuse them, none, and why."""
    try:
        return members_of(source, options), None
    except DataError as error:
        return {}, str(error)


def _looks(
    samples: Sequence[Sample], preparation: Preparation, workers: int, progress: Progress | None
) -> Sequence[Look]:
    assert preparation.room.total >= 0  # made here, before several threads ask for it at once
    looks: list[Look] = [Look(b"")] * len(samples)

    units = units_of(samples)

    def work(index: int) -> None:
        unit = units[index]
        with naming(samples[unit[0]].path):
            for place, given in zip(unit, given_together([samples[at] for at in unit]), strict=True):
                looks[place] = look_at(given, preparation)

    for_each(len(units), work, workers=workers, progress=progress)
    return looks
