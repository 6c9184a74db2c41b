"""Single translations, to be held against the component that each stands for."""

from collections.abc import Mapping, Sequence

import torch

from nnlab.backends.torch.devices import array_of, column_major
from nnlab.backends.torch.layers import TORCH_LAYERS
from nnlab.backends.torch.losses import TORCH_LOSSES, TorchTarget
from nnlab.backends.torch.optimizers import TorchOptimizer
from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.losses.base import Loss
from nnlab.optimizers.optimizer import Optimizer


class TorchTranslated:
    """As the contract says (backends/base.py)."""

    def layer(
        self, layer: Layer, own: Mapping[str, Array], xs: Sequence[Array], dy: Array, ctx: Context
    ) -> Mapping[str, Array]:
        """Output, gradients and buffers of one pass, backwards by autograd."""
        translation = TORCH_LAYERS.of(type(layer))
        inputs = {f"x{i}": _copied(x).requires_grad_() for i, x in enumerate(xs, start=1)}
        values = {field: column_major(_copied(value)) for field, value in own.items()}
        buffers = {field for field, kept in vars(layer).items() if isinstance(kept, Buffer)}
        learnt = {field: value.requires_grad_() for field, value in values.items() if field not in buffers}
        y = translation(layer, values, *inputs.values(), ctx=ctx)
        if y.shape != dy.shape:
            return {"y": array_of(y)}  # which says what is wrong
        y.backward(_copied(dy))
        gradients = {name: array_of(_gradient(tensor)) for name, tensor in (inputs | learnt).items()}
        return {"y": array_of(y), **gradients, **{field: array_of(values[field]) for field in buffers}}

    def loss(self, loss: Loss, predicted: Array, target: Target) -> tuple[float, Array]:
        """The mean loss and its gradient, by autograd."""
        p = _copied(predicted).requires_grad_()
        value = TORCH_LOSSES.of(type(loss))(loss, p, TorchTarget.of(target, _copied))
        value.backward()
        return value.item(), array_of(_gradient(p))

    def updates(
        self, optimizer: Optimizer, parameters: Sequence[Parameter], gradients: Sequence[Sequence[Array]]
    ) -> Mapping[str, Array]:
        """Values and state after all steps."""
        weights = [column_major(_copied(parameter.value)).requires_grad_() for parameter in parameters]
        driver = TorchOptimizer(optimizer, list(zip(parameters, weights, strict=True)))
        for epoch, step in enumerate(gradients):
            driver.zero_grad()
            for weight, gradient in zip(weights, step, strict=True):
                weight.grad = column_major(_copied(gradient))
            driver.step(epoch=epoch, epochs=len(gradients))
        values = {parameter.name: array_of(weight) for parameter, weight in zip(parameters, weights, strict=True)}
        return values | driver.state()


def _copied(array: Array) -> torch.Tensor:
    return torch.from_numpy(array.copy())


def _gradient(tensor: torch.Tensor) -> torch.Tensor:
    """What backward left; zeros where nothing depends on the tensor."""
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
