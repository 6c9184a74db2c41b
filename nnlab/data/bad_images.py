"""Bad images: an error that names them, or, when asked, left out and listed."""

from collections.abc import Mapping

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.options import DataOptions
from nnlab.data.source import Source
from nnlab.data.split import Members, refuse_empty

NAMED = 3
"""How many bad files after the first an error names; the others are counted."""


def without_bad_images(found: Source, members: Members, faults: Mapping[int, str], options: DataOptions) -> Members:
    """The partitions without the samples that could not be prepared.

    Raises:  DataError: naming the bad files, unless `skip_bad_images`; or when too little is left without them.
    """
    if not faults:
        return members
    if not options.skip_bad_images:
        (first, reason), *others = faults.items()
        also = ""
        if others:
            names = [found.samples[place].source for place, _ in others[:NAMED]]
            more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
            also = f" (bad as well: {', '.join(names)}{more})"
        raise DataError(
            reason + also,
            where=printable(found.samples[first].path),
            hint="repair or remove it, or add --skip-bad-images",
        )
    kept = {name: [place for place in places if place not in faults] for name, places in members.items()}
    refuse_empty(found, kept, options.partitions)
    return kept
