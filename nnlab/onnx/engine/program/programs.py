"""The programs of one model, one for each set of shapes that it was lately run on."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from threading import Lock
from typing import Any

import numpy as np

from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.holding import WideCompute, inputs_held, run_held
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.program.maker import Maker
from nnlab.onnx.engine.program.program import Program, UnlikeError
from nnlab.onnx.limits import running
from nnlab.onnx.ops.base import Value, Values

MOST = 4
"""Programs that are kept: those that ran last."""

LARGEST = 2**28
"""Bytes of memory that they may keep between runs; a program of more is laid out anew for every run. What forms have
laid out of the weights is kept beside it, once for all programs: 0.05 to 1.4 times the weights, of networks tried."""


class Programs:
    """Runs a plan.

    Options:  plan: of runs that keep the constants.  kept: programs by the shapes of inputs.
              laid: constants as forms have laid them out.
    """

    def __init__(self, plan: Plan, compute: Compute):
        self.plan, self.compute = plan, compute
        self.laid: dict[Hashable, Any] = {}
        self.kept: OrderedDict[Hashable, Program] = OrderedDict()
        self._making = Lock()  # they share what is laid out
        self._lock = Lock()

    def run(self, given: Mapping[str, Value]) -> Values:
        """The outputs."""
        if isinstance(self.compute, WideCompute):
            given = inputs_held(self.plan, self.compute, given)
        shapes = tuple([(name, _kind(value)) for name, value in given.items()])
        program = self._found(shapes)
        if program is None:
            return self._made(shapes, given)
        try:
            return program.run(given)
        except UnlikeError:
            return run_held(self.plan, self.compute, given)

    def _found(self, shapes: Hashable) -> Program | None:
        with self._lock:
            program = self.kept.get(shapes)
            if program is not None:
                self.kept.move_to_end(shapes)
            return program

    def _made(self, shapes: Hashable, given: Mapping[str, Value]) -> Values:
        with self._making, running():
            program, outputs = Maker(self.plan, self.compute, self.laid).make(given)
        if program.memory.held <= LARGEST:
            with self._lock:
                self.kept[shapes] = program
                while len(self.kept) > MOST or self._held() > LARGEST:
                    self.kept.popitem(last=False)
        return outputs

    def _held(self) -> int:
        return sum(program.memory.held for program in self.kept.values())


def _kind(value: Value) -> Any:
    return (value.shape, value.dtype, type(value)) if isinstance(value, np.ndarray) else type(value)
