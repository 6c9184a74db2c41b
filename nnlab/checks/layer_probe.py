"""A layer on its own, as a function that can be checked."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.core.workspace import Workspace
from nnlab.kernels.threads import one_blas_thread
from nnlab.layers.base import Layer
from nnlab.models.values import DrawnValues

BATCH = 6


class LayerProbe:
    """A layer on its own as a function to check: the sum of its output, weighted at random.

    Parameters are moved off the values they start at (a scale of 1, a shift of 0), where mistakes cancel; buffers too.
    """

    def __init__(self, layer: Layer, shapes: tuple[Shape, ...], *, training: bool, rng: Rng, dtype: Any = np.float64):
        self.layer, self.shapes, self.training, self.rng = layer, shapes, training, rng
        self.values = DrawnValues("layer", rng.at("weights"), np.dtype(dtype))
        self.out_shape = layer.build(*shapes, new=self.values)
        generator = rng.at("values").generator()
        for parameter in self.values.parameters.values():
            parameter.value += (0.3 * generator.standard_normal(parameter.value.shape)).astype(dtype)
        for buffer in self.values.buffers.values():
            buffer.value += generator.random(buffer.value.shape).astype(dtype)
        self.xs = [generator.standard_normal((BATCH, *shape)).astype(dtype) for shape in shapes]
        self._held: dict[str, Any] = {}
        self.dy = generator.standard_normal((BATCH, *self.out_shape)).astype(dtype)

    def context(
        self, workspace: Workspace | None = None, *, needs_dx: bool = True, held: dict[str, Any] | None = None
    ) -> Context:
        """A context for one pass, the dropout masks always the same."""
        rng = self.rng.at("step")
        return Context(training=self.training, rng=rng, node="layer", needs_dx=needs_dx, workspace=workspace, held=held)

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The inputs, under "x1", "x2", ..., and the layer's parameters."""
        inputs = {f"x{i}": x for i, x in enumerate(self.xs, start=1)}
        return {**inputs, **{name: parameter.value for name, parameter in self.values.parameters.items()}}

    def value(self, changed: str | None = None) -> float:
        """sum(y dy); what rounding adds is that of the first call, as a straight-through gradient takes it."""
        y, _ = self.layer.forward(*self.xs, ctx=self.context(held=self._held))
        with one_blas_thread():
            return float(np.vdot(y, self.dy))

    def gradients(self) -> Mapping[str, Array]:
        """dx and the parameters' gradients. Another forward pass comes between, on which backward must not depend."""
        for parameter in self.values.parameters.values():
            parameter.zero_grad()
        _, cache = self.layer.forward(*self.xs, ctx=self.context(held=self._held or None))
        other = Context(training=self.training, rng=self.rng.at("other step"), node="layer")
        self.layer.forward(*(x[::-1] * 0.5 for x in self.xs), ctx=other)
        dxs = self.layer.backward(self.dy, cache, self.context())
        inputs = {f"x{i}": np.array(dx) for i, dx in enumerate(dxs, start=1) if dx is not None}
        return {**inputs, **{name: parameter.grad for name, parameter in self.values.parameters.items()}}


def names_of(probe: LayerProbe) -> list[str]:
    """Of what a step gives."""
    inputs = [f"the gradient of x{i}" for i in range(1, len(probe.xs) + 1)]
    return ["the output", *inputs, *(f"the gradient of {name}" for name in probe.values.parameters)]


def step_of(probe: LayerProbe, workspace: Workspace) -> list[Array]:
    """Copies of all that a pass forward and back gives; what it was lent it has given back."""
    for parameter in probe.values.parameters.values():
        parameter.zero_grad()
    y, cache = probe.layer.forward(*probe.xs, ctx=probe.context(workspace))
    y = y.copy()
    dxs = probe.layer.backward(probe.dy, cache, probe.context(workspace))
    grads = [parameter.grad.copy() for parameter in probe.values.parameters.values()]
    return [y, *(np.array(dx) for dx in dxs if dx is not None), *grads]
