"""What processes that train one network say to one another. Numbers and JSON, never pickles."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import numpy as np
import torch
import torch.distributed as dist

from nnlab.backends.torch.parallel.shards import Shard
from nnlab.core.errors import RunError
from nnlab.core.types import Array

FIRST: Final = 16 * 1024
"""Bytes of a message that are sent before its length is known: most have no more."""

NOTE: Final = 4 * 1024
"""Bytes of an answer, at most."""

DEVICE_WAIT: Final = timedelta(minutes=5)
"""How long a CUDA device waits for the others. On the processor one waits as long as they live, and no longer."""


class Lost(RunError):
    """Another process has gone: nothing can be computed together any more."""


@dataclass(frozen=True)
class Message:
    """What the leader tells.  Options:  what: is to be done.  facts: plain JSON values.  arrays: by name."""

    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)


class Team:
    """The processes of a run, as one of them sees the others: process 0 leads, `rank` says which this is.

    Every method is called by all at the same moment of their work, but for `tell` and `told`, `hand_out` and `taken`,
    which are the two ends of one thing.

    `is_amid` is the leader's: whether all are at what it told. Where it failed amid that, the others wait for what
    never comes, and can be told nothing any more.

    Options:  connect: brings this process to the others, which it waits for; called when there is something to say.
              gone: says why a process has gone; called when one does not answer.
    Raises:   Lost: from every method.
    """

    def __init__(
        self, rank: int, size: int, connect: Callable[[], None], gone: Callable[[], str | None] = lambda: None
    ):
        self.rank, self.size, self._connect, self._gone = rank, size, connect, gone
        self._connected, self._on_device, self.is_amid = False, None, False

    def leave(self) -> None:
        """Goes away: the others find nobody any more."""
        if self._connected and dist.is_initialized():
            dist.destroy_process_group()

    def tell(self, what: str, arrays: Mapping[str, Array] | None = None, **facts: Any) -> None:
        """Says to the others what is to be done."""
        if self.is_amid:
            raise Lost("the other processes were left amid a step")
        there = arrays or {}
        shapes = [[name, list(array.shape), array.dtype.str] for name, array in there.items()]
        head = json.dumps([what, facts, shapes]).encode()
        body = b"".join([_length(len(head)), head, *(array.tobytes() for array in there.values())])
        whole = np.frombuffer(_length(len(body)) + body, np.uint8)
        first = np.zeros(FIRST, np.uint8)
        first[: min(FIRST, len(whole))] = whole[:FIRST]
        self.is_amid = True
        with self._together():
            dist.broadcast(torch.from_numpy(first), 0)
            if len(whole) > FIRST:
                dist.broadcast(torch.from_numpy(whole[FIRST:].copy()), 0)
        self.is_amid = False

    def told(self) -> Message:
        """What the leader says next; waits for it."""
        first = torch.zeros(FIRST, dtype=torch.uint8)
        with self._together():
            dist.broadcast(first, 0)
            parts, more = [first.numpy()], _number(first.numpy()) + 8 - FIRST
            if more > 0:
                rest = torch.zeros(more, dtype=torch.uint8)
                dist.broadcast(rest, 0)
                parts.append(rest.numpy())
        body = np.concatenate(parts)[8:]
        start = 8 + _number(body)
        what, facts, shapes = json.loads(body[8:start].tobytes())
        arrays: dict[str, Array] = {}
        for name, shape, dtype in shapes:
            size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
            arrays[name] = np.frombuffer(body[start : start + size].tobytes(), dtype).reshape(shape).copy()
            start += size
        return Message(what, facts, arrays)

    def hand_out(self, array: Array) -> Array:
        """Gives every process its samples of an array, and the leader its own.  Shapes:  array: (samples, ...)"""
        shards = [Shard.of(len(array), rank, self.size) for rank in range(self.size)]
        with self._together():
            sent = [
                dist.isend(torch.from_numpy(np.ascontiguousarray(shard.cut(array))), rank)
                for rank, shard in enumerate(shards)
                if rank
            ]
            for each in sent:
                each.wait()
        return shards[0].cut(array)

    def taken(self, shape: tuple[int, ...], dtype: str) -> Array:
        """What `hand_out` gives to this process."""
        array: Array = np.empty(shape, dtype)
        with self._together():
            dist.recv(torch.from_numpy(array), 0)
        return array

    def sum(self, tensor: torch.Tensor) -> torch.Tensor:
        """The sum of every process's tensor, in its place: the same bits for all."""
        with self._together():
            dist.all_reduce(tensor, group=self._group(tensor))
        return tensor

    def sum_array(self, array: Array) -> Array:
        """The same of an array, in memory of its own."""
        summed: Array = self.sum(torch.from_numpy(array.copy())).numpy()
        return summed

    def greatest(self, tensor: torch.Tensor) -> torch.Tensor:
        """The greatest of every process's, element by element, in its place."""
        with self._together():
            dist.all_reduce(tensor, dist.ReduceOp.MAX, group=self._group(tensor))
        return tensor

    def of_each(self, tensor: torch.Tensor) -> list[torch.Tensor]:
        """Every process's tensor, in their order; all have one shape."""
        found = [torch.empty_like(tensor) for _ in range(self.size)]
        with self._together():
            dist.all_gather(found, tensor.contiguous(), group=self._group(tensor))
        return found

    def rows(self, own: torch.Tensor, samples: int) -> torch.Tensor:
        """What every process has of its samples, as of the whole minibatch.

        Shapes:  own: (own samples, ...); result: (samples, ...)
        """
        shards = [Shard.of(samples, rank, self.size) for rank in range(self.size)]
        most = max(map(len, shards))
        padded = own.new_zeros((most, *own.shape[1:]))
        padded[: len(own)] = own
        every = self.of_each(padded)
        return torch.cat([found[: len(shard)] for found, shard in zip(every, shards, strict=True)])

    def answers(self, own: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What each process has to say in a few words, in their order."""
        said = json.dumps(own).encode()[: NOTE - 8]
        note = np.zeros(NOTE, np.uint8)
        note[: 8 + len(said)] = np.frombuffer(_length(len(said)) + said, np.uint8)
        every = [found.numpy() for found in self.of_each(torch.from_numpy(note))]
        return [json.loads(found[8 : 8 + _number(found)].tobytes()) for found in every]

    def send(self, array: Array, rank: int) -> None:
        """Gives one process an array, which it `receives`."""
        with self._together():
            dist.send(torch.from_numpy(np.ascontiguousarray(array)), rank)

    def receive(self, shape: tuple[int, ...], dtype: str, rank: int) -> Array:
        """What one process sends."""
        array: Array = np.empty(shape, dtype)
        with self._together():
            dist.recv(torch.from_numpy(array), rank)
        return array

    def _group(self, tensor: torch.Tensor) -> Any:
        if tensor.is_cuda and self._on_device is None:
            self._on_device = dist.new_group(backend="nccl", timeout=DEVICE_WAIT)
        return self._on_device if tensor.is_cuda else None

    @contextmanager
    def _together(self) -> Iterator[None]:
        try:
            if not self._connected:
                self._connect()
                self._connected = True
            yield
        except (RuntimeError, ValueError) as error:  # ValueError: there is no group any more
            why = self._gone() or f"the other processes do not answer ({str(error).splitlines()[0]})"
            hint = "what was recorded is kept: nnlab train --resume=RUN goes on with it"
            raise Lost(why, hint=hint) from error


def _length(count: int) -> bytes:
    return count.to_bytes(8, "little")


def _number(array: Array) -> int:
    return int.from_bytes(array[:8].tobytes(), "little")
