"""Work that a call spreads over threads, and the memory that each of them works in."""

from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from typing import Any

from nnlab.core.machine import usable_cores
from nnlab.kernels.bands import PARTS, PIECE
from nnlab.kernels.threads import in_threads
from nnlab.onnx.engine.program.site import Call

ELEMENTS = 1 << 15
"""Numbers that a pass over memory takes at a time: they stay in the cache for the next pass."""


def pieces_of(products: int) -> int:
    """Into how many pieces so many multiplications are cut for threads; 1 where a thread is not worth it."""
    return 1 if products < 2 * PIECE else min(PARTS, products // PIECE + 1)


def one_by_one(calls: Sequence[Call]) -> Call:
    """One call that does them all."""
    if len(calls) == 1:
        return calls[0]

    def run() -> None:
        for call in calls:
            call()

    return run


def spread(calls: Sequence[Call], *, worth: bool) -> Call:
    """One call that does them all, on threads where it is worth that; no two write to the same place."""
    if not worth or len(calls) == 1:
        return one_by_one(calls)
    return partial(in_threads, calls)


def on_lanes(count: int, lane: Callable[[], Any], lay_out: Callable[[int, Any], Call], *, worth: bool) -> Call:
    """One call that does `count` pieces, each in the memory of a lane that is free then.

    Options:  lane: makes the memory that one thread works in.  lay_out: the call of a piece in the memory of a lane.
    """
    if not worth or count == 1:
        memory = lane()
        return one_by_one([lay_out(piece, memory) for piece in range(count)])
    free: SimpleQueue[tuple[Any, dict[int, Call]]] = SimpleQueue()
    for _ in range(min(count, usable_cores())):
        free.put((lane(), {}))

    def run(piece: int) -> None:
        memory, calls = own = free.get()
        try:
            if piece not in calls:  # it has not come to this lane before
                calls[piece] = lay_out(piece, memory)
            calls[piece]()
        finally:
            free.put(own)

    return spread([partial(run, piece) for piece in range(count)], worth=True)
