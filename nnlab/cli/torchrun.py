"""`torchrun ... -m nnlab train`: the processes are there already."""

import os
from dataclasses import replace

from nnlab.cli.flags import Part
from nnlab.core.errors import UsageError
from nnlab.core.machine import usable_cores
from nnlab.experiment.torchrun import Place


def as_placed(part: Part, place: Place) -> Part:
    """What a command line says, with the processes that there are, and a share of this machine's cores for each.

    Raises:  UsageError: it says another number.
    """
    said = part.flags.values.get("processes", place.size)
    if str(said) != str(place.size):
        hint = f"leave it out, or type --processes={place.size}"
        raise UsageError(f"torchrun started {place.size} processes", where=f"--processes={said}", hint=hint)
    threads = {} if os.environ.get("NNLAB_THREADS") else {"threads": max(1, usable_cores() // place.here)}
    flags = replace(part.flags, values={**threads, **part.flags.values, "processes": place.size})
    return replace(part, flags=flags)
