"""Where a form stands: the step, its inputs in their places, and memory for what it makes."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.onnx.engine.program.layout import channels_second
from nnlab.onnx.engine.program.memory import Memory
from nnlab.onnx.ops.base import Operator

Call = Callable[[], object]
"""A part of a run: it reads and writes arrays that are always the same."""


class Bound(NamedTuple):
    """A step laid out.

    Options:  outputs: arrays in which they stand after every call.  call: None where the outputs are views of inputs.
    """

    outputs: tuple[Array, ...]
    call: Call | None


@dataclass(frozen=True)
class Site:
    """What a form lays a step out with.

    Options:  key: the step.  inputs: arrays that stay; None for those left out.  known: which of them are constants.
              spare: which of them nobody reads afterwards, so that outputs may stand in their place.
              laid: its constants as forms have laid them out; of those that a file stores, for all programs of a model.
    """

    operator: Operator
    key: Hashable
    inputs: tuple[Array | None, ...]
    known: tuple[bool, ...]
    spare: tuple[bool, ...]
    memory: Memory
    laid: dict[Hashable, Any]
    made: list[Array] = field(default_factory=list)

    def array(self, shape: Shape, dtype: Any) -> Array:
        """Memory for an output, or to work in: what is no output is lent to the next step."""
        self.made.append(self.memory.array(shape, dtype))
        return self.made[-1]

    def images(self, shape: Shape, dtype: Any) -> Array:
        """(batch, channels, height, width), in memory the channels last."""
        batch, channels, height, width = shape
        return channels_second(self.array((batch, height, width, channels), dtype))

    def constant(self, form: Hashable, make: Callable[[], Any]) -> Any:
        """What is made of constants alone: once for each step and form."""
        key = (self.key, form)
        if key not in self.laid:
            self.laid[key] = make()
        return self.laid[key]

    @property
    def is_float(self) -> bool:
        """Whether all inputs are of one type, float32 or float64."""
        types = {x.dtype for x in self.inputs if x is not None}
        return len(types) == 1 and types <= {np.dtype(np.float32), np.dtype(np.float64)}
