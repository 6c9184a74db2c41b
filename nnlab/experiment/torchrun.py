"""Where torchrun has put this process, by the variables that it sets."""

from collections.abc import Mapping
from dataclasses import dataclass

from nnlab.core.errors import UsageError

VARIABLES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


@dataclass(frozen=True)
class Place:
    """A process among those that were started together.

    Options:  rank: 0 leads.  size: how many there are, on all machines.  here: on this one.  place: among those.
    """

    rank: int
    size: int
    place: int
    here: int


def place_in(environ: Mapping[str, str]) -> Place | None:
    """Its place; None for a process that was started by itself, which one of one is as well.

    Raises:  UsageError: a variable is no number.
    """
    if not all(environ.get(name) for name in VARIABLES):
        return None
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    rank, size, place, here = (_number(environ, name) for name in names)
    if rank is None or size is None or size < 2:
        return None
    return Place(rank, size, rank if place is None else place, size if here is None else here)


def _number(environ: Mapping[str, str], name: str) -> int | None:
    text = environ.get(name, "")
    if text and not text.isdecimal():
        what, hint = f"must be a whole number, got {text!r}", "torchrun sets it; unset it to train in one process"
        raise UsageError(what, where=name, hint=hint)
    return int(text) if text else None
