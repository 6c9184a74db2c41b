"""A model as a module of torch: for what torch itself makes of modules (traces, freezes, compiles)."""

from typing import Any

import torch

from nnlab.onnx.engine.planner import plan
from nnlab.onnx.engine.step import Step
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Values
from nnlab.onnx.ops.batch_normalization import BatchNormalization
from nnlab.onnx.torch_ops.arrays import to_tensor
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.execute import torch_compute


class PlanModule(torch.nn.Module):  # type: ignore[misc]
    """A model's steps in their order, its weights parameters; of one input.

    Options:  learns: whether its weights require gradients.  trains: whether BatchNormalization normalises by the
              batch, as a network does that was left in training mode.
    """

    def __init__(self, view: ModelView, *, learns: bool = False, trains: bool = False):
        super().__init__()
        whole = plan(view, torch_compute)
        found = whole.quick or whole
        self._steps, self._outputs, (self._input,) = found.steps, found.outputs, found.inputs
        for step in self._steps:
            TORCH_OPERATORS.of(type(step.operator))  # imported now, not in the first call
        self._trains, self._plain, self._names = trains, dict[str, Any](), dict[str, str]()
        for place, (name, value) in enumerate(found.constants.items()):
            tensor = to_tensor(value)
            if isinstance(tensor, torch.Tensor) and tensor.is_floating_point():
                self._names[name] = f"value_{place}"
                self.register_parameter(f"value_{place}", torch.nn.Parameter(tensor.clone(), requires_grad=learns))
            else:
                self._plain[name] = tensor

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """All outputs."""
        values: dict[str, Any] = {name: getattr(self, kept) for name, kept in self._names.items()}
        values.update(self._plain)
        values[self._input] = x
        for step in self._steps:
            given = step.of(values)
            if self._trains and isinstance(step.operator, BatchNormalization):
                outputs = _by_the_batch(step, given)
            else:
                outputs = torch_compute(step.operator, given, values)
            values.update(zip(step.outputs, outputs, strict=False))
        return tuple(values[name] for name in self._outputs)


def _by_the_batch(step: Step, given: Values) -> Values:
    x, scale, shift, mean, variance = given
    epsilon = float(getattr(step.operator, "epsilon", 1e-5))
    kept = mean.detach().clone(), variance.detach().clone()
    return (torch.nn.functional.batch_norm(x, *kept, scale, shift, training=True, eps=epsilon),)


def traced(module: torch.nn.Module, x: torch.Tensor, *, frozen: bool) -> Any:
    """What torch.jit makes of a module for an example. Options:  frozen: its weights are constants of the graph."""
    made = torch.jit.trace(module.eval(), (x,), check_trace=False)
    return torch.jit.freeze(made) if frozen else made


def use_threads(threads: int) -> None:
    """Has torch compute on so many."""
    torch.set_num_threads(threads)
