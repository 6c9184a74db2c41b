"""A whole ONNX graph as a layer, on torch."""

from typing import Any

import torch

from nnlab.backends.torch.devices import array_of, one_thread
from nnlab.backends.torch.graph import watch_gradient
from nnlab.backends.torch.layers import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.types import DTYPES
from nnlab.onnx.engine.subgraph import every_step
from nnlab.onnx.ops.base import is_float
from nnlab.onnx.torch_ops.arrays import to_tensor
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.execute import torch_compute
from nnlab.onnx.train.network import OnnxNetwork, inner_name
from nnlab.onnx.train.trial import squeezed


@TORCH_LAYERS.register(OnnxNetwork)
def network(layer: OnnxNetwork, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y, by the operators' translations; inner nodes are shown to who watches."""
    require_translations(layer)
    if not layer.weights:
        return features(layer, x)
    return computed(layer, x, {name: own[field] for name, field in layer.fields.items()}, ctx)


def computed(layer: OnnxNetwork, x: torch.Tensor, weights: Own, ctx: Context) -> torch.Tensor:
    """y of samples, with these weights."""
    node = ctx.node
    values: dict[str, Any] = constants(layer, x) | {layer.input: as_given(layer, x)} | dict(weights)
    for step in layer.plan(dtype_of(x), torch_compute).steps:
        outputs = torch_compute(step.operator, step.of(values), values if step.captured else {})
        first = outputs[0]
        if ctx.watch and isinstance(first, torch.Tensor) and first.is_floating_point():
            if any(first is given for given in step.of(values)):
                first = first.view_as(first)  # a tensor of its own, so that its gradient is this step's
                outputs = (first, *outputs[1:])
            name = inner_name(node, step.name)
            ctx.watch(name, "forward", array_of(first))
            watch_gradient(first, ctx.watch, name, "backward")
        values.update((name, y) for name, y in zip(step.outputs, outputs, strict=False) if name)
    y: torch.Tensor = values[layer.model.plan.outputs[0]]
    return y.reshape(len(y), *squeezed(tuple(y.shape[1:])))


@torch.compiler.disable  # type: ignore[untyped-decorator]  # it looks at what samples hold
def features(layer: OnnxNetwork, x: torch.Tensor) -> torch.Tensor:
    """y of samples where nothing learns: computed once for each. They go through alone, in which a second thread does
    nothing but wait: 14 seconds of processor time were 33."""
    with torch.no_grad(), one_thread():
        found = layer.features().of(
            array_of(x), f"torch {x.device}", lambda i: array_of(computed(layer, x[i : i + 1], {}, Context()))
        )
    return torch.from_numpy(found).to(x.device)


def require_translations(layer: OnnxNetwork) -> None:
    """Raises UsageError: naming every operator of the graph that has no translation to torch."""
    missing = sorted({s.operator.name for s in every_step(layer.model.plan) if type(s.operator) not in TORCH_OPERATORS})
    if missing:
        what = f"operators without a translation to torch: {', '.join(missing)}"
        raise UsageError(what, where=layer.path, hint="use --backend=numpy")


def constants(layer: OnnxNetwork, x: torch.Tensor) -> dict[str, Any]:
    """The stored values that do not learn, on x's device, those of floating point in its dtype; made once."""
    key = ("torch", x.dtype, x.device)
    if key not in layer.kept:
        stored = layer.constants(dtype_of(x))
        layer.kept[key] = {
            name: to_tensor(value, copy=is_float(value)).to(x.device)
            for name, value in stored.items()
            if name not in layer.fields
        }
    return dict(layer.kept[key])


def dtype_of(x: torch.Tensor) -> Any:
    """NumPy's dtype of a tensor's."""
    return DTYPES[str(x.dtype).removeprefix("torch.")]


def as_given(layer: OnnxNetwork, x: torch.Tensor) -> torch.Tensor:
    """Samples as the graph takes them."""
    sizes, order = layer.layout(tuple(x.shape[1:]))
    split = x.reshape(len(x), *sizes)
    return split.permute(0, *(axis + 1 for axis in order)).contiguous() if order else split
