"""Running a model on torch: its outputs, and by autograd the gradient of a weighted sum of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch

from nnlab.core.errors import DataError, NnlabError
from nnlab.core.types import Array
from nnlab.onnx.engine.given import accepted, note_outputs
from nnlab.onnx.engine.holding import run_held, with_halves_held
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.planner import plan
from nnlab.onnx.engine.subgraph import every_step
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import ControlFlow, Operator, Value, Values
from nnlab.onnx.places import one_line, placed
from nnlab.onnx.torch_ops.arrays import to_array, to_tensor
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.holding import TorchHolding


def torch_compute(operator: Operator, inputs: Values, scope: Mapping[str, Value]) -> Values:
    """One operator by its translation."""
    translation = TORCH_OPERATORS.of(type(operator))
    more = {"scope": scope} if isinstance(operator, ControlFlow) else {}
    y = translation(operator, *(to_tensor(x) for x in inputs), **more)
    return y if isinstance(y, tuple) else (y,)


class TorchModel:
    """A model, ready to run on torch.

    Options:  view: read and checked.
    Raises:  DataError: for operators that are not supported, all of them at once.
    """

    def __init__(self, view: ModelView):
        self.view = view
        self.plan: Plan = plan(view, torch_compute)
        missing = sorted({s.operator.name for s in every_step(self.plan) if type(s.operator) not in TORCH_OPERATORS})
        if missing:
            what = f"operators without a translation to torch: {', '.join(missing)}"
            raise DataError(what, where=view.where, hint="use --engine=numpy")
        quick = self.plan.quick or self.plan
        tensors = {name: to_tensor(value) for name, value in quick.constants.items()}  # once, not in every run
        self._ready, self._compute = with_halves_held(replace(quick, constants=tensors), torch_compute, TorchHolding())

    def run(self, inputs: Mapping[str, Value]) -> Values:
        """The outputs as arrays, in the order of the model."""
        with placed(self.view.where), torch.no_grad():
            given = {name: to_tensor(x) for name, x in accepted(self.view, inputs).items()}
            outputs = tuple(map(to_array, run_held(self._ready, self._compute, given)))
            note_outputs(self.view, outputs)
            return outputs

    def gradients(self, inputs: Mapping[str, Value], weights: Sequence[Array | None]) -> dict[str, Array | None]:
        """The gradient, over every floating-point input and initializer, of the sum of weight times output."""
        with placed(self.view.where):
            given = {**self.plan.constants, **accepted(self.view, inputs)}
            leaves = {
                name: tensor.requires_grad_()
                for name, value in given.items()
                if isinstance(tensor := to_tensor(value, copy=True), torch.Tensor) and tensor.is_floating_point()
            }
            whole = Plan(self.plan.inputs, self.plan.outputs, {}, self.plan.steps, self.plan.view)
            outputs = whole.run(torch_compute, given | leaves)
            pairs = [
                (y, to_tensor(w))
                for y, w in zip(outputs, weights, strict=True)
                if w is not None and isinstance(y, torch.Tensor) and y.requires_grad
            ]
            if pairs:
                _backward([y for y, _ in pairs], [w.to(y.dtype) for y, w in pairs])
        return {name: None if leaf.grad is None else to_array(leaf.grad) for name, leaf in leaves.items()}


def _backward(outputs: list[torch.Tensor], weights: list[torch.Tensor]) -> None:
    try:
        torch.autograd.backward(outputs, weights)
    except NnlabError:
        raise
    except Exception as error:  # shapes that torch's forward let pass
        raise DataError(f"torch has no gradient for it ({one_line(error)})") from error
