"""An ONNX graph as a layer: its stored weights learn, its operators compute, its nodes can be watched."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.component import required
from nnlab.core.context import Context
from nnlab.core.errors import DataError, ShapeError
from nnlab.core.parameter import NewParameter, Parameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Layer
from nnlab.losses.base import Emits
from nnlab.onnx.batches import with_free_batch
from nnlab.onnx.execute import NumpyModel
from nnlab.onnx.ops.base import Value, is_float
from nnlab.onnx.read import read_model

FIXED_INPUTS: Mapping[str, tuple[int, ...]] = {
    "BatchNormalization": (3, 4),  # the running statistics
    "Resize": (1, 2, 3),
    "Upsample": (1,),
    "Clip": (1, 2),
    "Pad": (2,),
    "QuantizeLinear": (1, 2),
    "DequantizeLinear": (1, 2),
}
"""Inputs of operators that say how something is computed: stored values there never learn."""


@dataclass(kw_only=True, eq=False)
class OnnxNetwork(Layer):
    """A whole ONNX graph.

    Every stored value of floating point that a gradient reaches is a parameter under its ONNX name; those that only say
    how something is computed (running statistics, scales of a Resize, bounds of a Clip, single numbers) stay as they
    are. BatchNormalization keeps its running statistics in training too, as the file says. The graph's first output is
    the layer's.

    Images come as (height, width, channels) and go in as ONNX has them, (channels, height, width), where the graph
    takes four axes.

    Shapes:  x: (batch, features) or (batch, height, width, channels); y: as the graph's first output, batch first
    Options:  path: the model's file.
    Raises:  DataError: when the file is not sound, not supported, or cannot take batches.  ShapeError: when samples
             do not fit.
    """

    path: str = required("the model's file")
    weights: dict[str, Parameter] = field(init=False, repr=False, default_factory=dict)

    @cached_property
    def model(self) -> NumpyModel:
        """The graph, planned once for all copies."""
        return NumpyModel(with_free_batch(read_model(self.path)))

    @property
    def emits(self) -> Emits:
        """What the first output is, by the operator that gives it."""
        output = self.model.plan.outputs[0]
        makers = [step.operator.name for step in self.model.plan.steps if output in step.outputs]
        return "probabilities" if makers == ["Softmax"] else "logits"

    @property
    def out_sizes(self) -> tuple[int, ...] | None:
        """The shape of one output sample as the file declares it; None where it does not."""
        shape = self.model.view.graph.outputs[0].shape
        known = [] if shape is None else [size for size in shape[1:] if isinstance(size, int)]
        return tuple(known) if shape is not None and len(known) == len(shape) - 1 else None

    @property
    def input(self) -> str:
        """The name of the graph's input."""
        return self.model.plan.inputs[0]

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes a parameter of every stored value that learns."""
        if len(self.model.plan.inputs) != 1:
            names = ", ".join(self.model.plan.inputs)
            raise DataError(f"takes several inputs ({names}); nnlab trains networks of one", where=self.path)
        learning = self.learning()
        self.weights = {name: new.given(name, value, penalised=value.ndim > 1) for name, value in learning.items()}
        trial = np.zeros((2, *in_shapes[0]), np.float32)
        y = self.model.run({self.input: self.as_given(trial)})[0]
        if y.ndim < 2 or len(y) != 2:
            raise DataError(f"gives {y.shape} for two samples: it is made for batches of one", where=self.path)
        return tuple(y.shape[1:])

    def learning(self) -> dict[str, Array]:
        """The stored values that learn, by name."""
        fixed = {
            name
            for step in self.model.plan.steps
            for place, name in enumerate(step.inputs)
            if place in FIXED_INPUTS.get(step.operator.name, ())
        }
        read = {name for step in self.model.plan.steps for name in step.inputs}
        return {
            name: value
            for name, value in self.model.plan.constants.items()
            if is_float(value) and value.size > 1 and name in read - fixed
        }

    def as_given(self, x: Array) -> Array:
        """Samples as the graph takes them."""
        declared = self.model.view.graph.inputs[0].shape
        rank = x.ndim if declared is None else len(declared)
        if rank == 4 and x.ndim == 4:
            return np.ascontiguousarray(x.transpose(0, 3, 1, 2))
        if rank == x.ndim:
            return x
        known = [] if declared is None else [size for size in declared[1:] if isinstance(size, int)]
        if declared is not None and len(known) == rank - 1 and math.prod(known) == math.prod(x.shape[1:]):
            return x.reshape(len(x), *known)
        hint = "leave images as they are: --no-flatten" if rank == 4 else None
        raise ShapeError(f"the graph takes samples of {declared}, got {x.shape[1:]}", where=self.path, hint=hint)

    def back(self, dx: Array, shape: Shape) -> Array:
        """The gradient of the samples, in their own axes."""
        return dx.transpose(0, 2, 3, 1) if len(shape) == 4 and dx.ndim == 4 else dx.reshape(shape)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Shape, dict[str, Value]]]:
        """y, and every value of the pass for backward."""
        (x,) = xs
        given = {self.input: self.as_given(x)} | {name: weight.value for name, weight in self.weights.items()}
        values = self.model.values(self.constants(x.dtype) | given, watch=ctx.watch)
        return values[self.model.plan.outputs[0]], (x.shape, values)

    def backward(self, dy: Array, cache: tuple[Shape, dict[str, Value]], ctx: Context) -> tuple[Array | None, ...]:
        """Adds the gradient of every weight; dx."""
        shape, values = cache
        found = self.model.backward(values, {self.model.plan.outputs[0]: dy}, watch=ctx.watch)
        for name, weight in self.weights.items():
            gradient = found.get(name)
            if gradient is not None:
                weight.add(gradient)
        dx = found.get(self.input)
        if not ctx.needs_dx:
            return (None,)
        return (np.zeros(shape, dy.dtype) if dx is None else self.back(dx, shape),)

    def constants(self, dtype: Any) -> dict[str, Value]:
        """The stored values, those of floating point in the network's dtype."""
        kind = np.dtype(dtype)
        if kind not in self._cast:
            self._cast[kind] = {
                name: value.astype(kind) if is_float(value) and value.dtype == np.float32 else value
                for name, value in self.model.plan.constants.items()
            }
        return self._cast[kind]

    @cached_property
    def _cast(self) -> dict[Any, dict[str, Value]]:
        return {}
