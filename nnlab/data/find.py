"""Find: from a dataset's name to its files and what is true of them. No picture is opened yet."""

import logging
from dataclasses import replace
from pathlib import Path

from nnlab.data.layout import folders_in, holds_classes
from nnlab.data.options import DataOptions
from nnlab.data.own_arrays import held, is_arrays
from nnlab.data.readers.base import Reader, recognised
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.source import Source

LOG = logging.getLogger("nnlab.data")


def found_in(folder: Path, reader: Reader, options: DataOptions | None = None) -> Source:
    """What a folder holds: by this reader, or by another of the same truths that recognises it where this one does not.

    Options:  options: what they say of finding samples; None: as the reader has it.
    Raises:   DataError: when it is not laid out as the reader wants it.
    """
    own = reader if reader.recognises(folder) else _alike(recognised(folder, reader.truth), reader)
    return (own if options is None else own.going_by(options)).find(folder)


def _alike(own: Reader | None, reader: Reader) -> Reader:
    """The reader that stands for another, with the options that both have; that other one where there is none."""
    if own is None:
        return reader
    return replace(own, **{name: value for name, value in reader.options().items() if name in own.options()})


def find(dataset: str, datasets_path: str, reader: Reader | None = None, options: DataOptions | None = None) -> Source:
    """What the dataset `<datasets_path>/<dataset>` holds; a set that nnlab draws is drawn into the cache folder when it
    is not there.

    Arrays that a program offers are found by their name.

    Options:  reader: of what is laid out how; None: whichever recognises the folder.  options: as for `found_in`.
    Raises:   DataError: when it is missing, or not laid out as the reader wants it.
    """
    if is_arrays(dataset):
        return held(dataset).source(None if reader is None else reader.truth)
    from nnlab.data.makers.locate import dataset_folder  # `nnlab infer photo.jpg` has no need of what draws sets

    folder = dataset_folder(dataset, datasets_path, say=LOG.info)
    return found_in(folder, reader or reader_of(folder), options)


def reader_of(folder: Path) -> Reader:
    """The reader that recognises a folder; class folders where none does."""
    return recognised(folder) or ClassFolders()


def is_dataset(folder: Path) -> bool:
    """Whether a folder is laid out as a dataset is, and not as a folder of datasets. Raises DataError: unreadable."""
    if recognised(folder):
        return True
    return holds_classes(folder) and not any(recognised(Path(entry.path)) for entry in folders_in(folder))
