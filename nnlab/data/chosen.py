"""The samples that options choose: found, selected, and grouped where they belong together."""

from nnlab.data.find import find
from nnlab.data.groups import grouped
from nnlab.data.options import DataOptions
from nnlab.data.readers.base import Reader
from nnlab.data.selection import select
from nnlab.data.source import Source


def chosen_source(options: DataOptions, reader: Reader | None = None) -> Source:
    """What is used of a dataset; nothing is decoded.

    Options:  reader: of the dataset's layout; None: whichever recognises the folder.
    Raises:   DataError: when it is missing, not laid out as it should be, or not to be grouped so.
    """
    found = find(options.dataset, options.datasets_path, reader, options)
    return grouped(select(found, options.filter_dataset), options.group_by)
