"""What any operator of ONNX must do that has a gradient; examples are an operator made and its inputs."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, is_float, made

TOLERANCE = 1e-6
"""Of max(1, |gradient|): central differences of float64 with this step are wrong by about 1e-9."""

STEP = 1e-5


@dataclass(frozen=True, kw_only=True)
class Example:
    """An operator on inputs where it is smooth.

    Options:  name: the operator's, "domain.name" outside ONNX's own domain.
              inputs: arrays, None for those left out.
              opset: the version that a model asks for; None: the one in which the operator last changed.
              outputs: how many are asked for.
              fixed: places of floating-point inputs without a gradient by intention (scales that are read as shapes).
    """

    name: str
    attributes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    inputs: Values = ()
    opset: int | None = None
    outputs: int = 1
    fixed: tuple[int, ...] = ()

    @property
    def operator(self) -> Operator:
        """The operator of the newest class that serves the opset."""
        domain, _, name = self.name.rpartition(".")
        versions = [s for d, n, s in OPERATORS.keys() if (d, n) == (domain, name)]  # noqa: SIM118  (no mapping)
        fit = [version for version in versions if self.opset is None or version <= self.opset]
        assert fit, f"no {self.name} of opset {self.opset}"
        cls = OPERATORS.get(domain, name, max(fit))
        assert cls is not None
        opset = max(fit) if self.opset is None else self.opset
        return made(cls, self.attributes, where=f"of the example {self.name}", outputs=self.outputs, opset=opset)

    def in_dtype(self, dtype: Any) -> Values:
        """The inputs, floating-point ones of this dtype, all of them protected from being written to."""
        return tuple(_protected(x.astype(dtype)) if is_float(x) else x for x in self.inputs)

    def __str__(self) -> str:
        said = ", ".join(f"{key}={value}" for key, value in self.attributes.items())
        return f"{self.name}({said})" + ("" if self.opset is None else f" of opset {self.opset}")


def forward(operator: Operator, inputs: Sequence[Any]) -> Values:
    """The outputs, as a tuple; arithmetic that runs over is no fault here, nor is it where models are run."""
    with np.errstate(all="ignore"):
        y = operator.forward(*inputs)
    outputs = y if isinstance(y, tuple) else (y,)
    assert not any(isinstance(y, np.generic) for y in outputs), f"{operator.name} gives a scalar; use np.asarray"
    return outputs


def backward(operator: Operator, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
    """The gradients of the inputs."""
    with np.errstate(all="ignore"):
        return operator.backward(dys, inputs, outputs)


def output_weights(outputs: Values, seed: int = 0) -> Gradients:
    """Random weights of the outputs, so that one gradient speaks of all; None for what is not floating-point."""
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal(np.shape(y)).astype(y.dtype) if is_float(y) else None for y in outputs)


def check_gradient(example: Example) -> None:
    """The gradient agrees with central differences in float64, for every element of every floating-point input.

    A gradient of None is held to be zero, except at `fixed` places.
    """
    operator, inputs = example.operator, example.in_dtype(np.float64)
    outputs = forward(operator, inputs)
    weights = output_weights(outputs)
    gradients = backward(operator, weights, inputs, outputs)
    assert len(gradients) == len(inputs), f"{example}: {len(gradients)} gradients of {len(inputs)} inputs"
    for place, (x, dx) in enumerate(zip(inputs, gradients, strict=True)):
        if not is_float(x):
            assert dx is None, f"{example}: a gradient of input {place}, which is not floating-point"
        elif place not in example.fixed:
            numeric = _differences(operator, inputs, place, weights)
            analytic = np.zeros_like(x) if dx is None else dx
            assert analytic.shape == x.shape, f"{example}: dx{place} is {analytic.shape}, its input {x.shape}"
            scale = np.maximum(1, np.abs(numeric))
            distance = float(np.max(np.abs(analytic - numeric) / scale, initial=0))
            assert distance <= TOLERANCE, (
                f"{example}: dx{place} is {distance:.1e} off:\n{analytic}\nby differences\n{numeric}"
            )


def check_dtypes(example: Example, dtype: Any) -> None:
    """In any dtype a gradient has shape and dtype of its input, and a second pass gives the same outputs."""
    operator, inputs = example.operator, example.in_dtype(dtype)
    outputs = forward(operator, inputs)
    for y, again in zip(outputs, forward(operator, inputs), strict=True):
        assert np.array_equal(y, again, equal_nan=is_float(y)), f"{example}: a second pass gives other outputs"
    gradients = backward(operator, output_weights(outputs), inputs, outputs)
    for place, (x, dx) in enumerate(zip(inputs, gradients, strict=True)):
        if dx is not None:
            got = (dx.shape, dx.dtype)
            assert got == (x.shape, x.dtype), f"{example}: dx{place} is {got}, its input {(x.shape, x.dtype)}"


def _differences(operator: Operator, inputs: Values, place: int, weights: Gradients) -> Array:
    """d(sum of weight * output) / d(input), element by element."""
    gradient: Array = np.zeros_like(inputs[place])
    for index in np.ndindex(gradient.shape):
        sides = []
        for step in (STEP, -STEP):
            moved = inputs[place].copy()
            moved[index] += step
            sides.append(forward(operator, (*inputs[:place], moved, *inputs[place + 1 :])))
        gradient[index] = sum(
            float(np.sum(w * (up - down))) for w, up, down in zip(weights, *sides, strict=True) if w is not None
        ) / (2 * STEP)
    return gradient


def _protected(array: Array) -> Array:
    array.flags.writeable = False
    return array
