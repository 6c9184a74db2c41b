"""A plan for inputs of one shape, as a list of calls on arrays that stay where they are."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.engine.guard import explained
from nnlab.onnx.engine.program.memory import Memory
from nnlab.onnx.engine.program.site import Call
from nnlab.onnx.engine.step import Step
from nnlab.onnx.limits import LOOK_AFTER, current, running
from nnlab.onnx.ops.base import Value, Values


class UnlikeError(Exception):
    """A value has another shape than when the program was laid out."""


@dataclass(eq=False)
class Program:
    """Runs of inputs that have the shapes for which it was laid out; one at a time.

    Options:  calls: with the step that each belongs to.  kept: arrays that are the same in every run, by name.
              loose: these, and what operators give as new arrays.  runs_operators: whether there are any of those.
              rounded: makes halves of what is held wide.
    """

    memory: Memory
    outputs: Sequence[str]
    calls: list[tuple[Step, Call]] = field(default_factory=list)
    kept: dict[str, Value] = field(default_factory=dict)
    loose: dict[str, Value] = field(default_factory=dict)
    rounded: Callable[[Value], Value] = lambda value: value
    runs_operators: bool = False
    lock: Lock = field(default_factory=Lock)

    def run(self, given: Mapping[str, Value]) -> Values:
        """The outputs, which are the caller's own.

        Raises:  UnlikeError: where a value has another shape than it had.
        """
        with self.lock:
            try:
                with running() if self.runs_operators else nullcontext():
                    return self._run(given)
            finally:
                self.loose.clear()

    def _run(self, given: Mapping[str, Value]) -> Values:
        self.loose.update(self.kept)
        self.loose.update(given)
        place = -1
        try:
            for place, (_, call) in enumerate(self.calls):  # noqa: B007
                call()
        except UnlikeError:
            raise
        except Exception as error:
            raise explained(error, self.calls[place][0], ()) from error
        return self.results()

    def results(self) -> Values:
        """The outputs of the run that was done last."""
        values = [self.loose[name] for name in self.outputs]
        if self.memory.held > LOOK_AFTER:
            current().require(sum(value.nbytes for value in values if self.memory.owns(value)))
        return tuple(map(self._given_out, values))

    def _given_out(self, value: Value) -> Value:
        if isinstance(value, list):
            return [self._given_out(item) for item in value]
        given = self.rounded(value)
        if not isinstance(given, np.ndarray):
            return given
        return np.array(given, order="C") if self.memory.owns(given) else np.asarray(given, order="C")


def detached(value: Value, memory: Memory) -> Value:
    """A value that lies in no block, so that it stays when the block is lent again; a list item by item."""
    if isinstance(value, list):
        return [detached(item, memory) for item in value]
    return value.copy(order="K") if memory.owns(value) else value


def settled(loose: dict[str, Value], name: str, target: Array) -> Call:
    """The call that puts a value which comes as a new array every time into one that stays, which stands for it then.

    Otherwise both would be there till the end of the run.
    """

    def settle() -> None:
        value: Any = loose[name]
        if value.shape != target.shape or value.dtype != target.dtype:
            raise UnlikeError(name)
        np.copyto(target, value)
        loose[name] = target

    return settle
