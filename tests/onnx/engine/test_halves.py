"""Half-precision numbers are computed with in float32 and rounded once, on both engines, forward and backward."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from onnx import parser

from nnlab.core.types import Array
from nnlab.onnx.backends.engines import load
from nnlab.onnx.file.read import checked
from nnlab.onnx.ops.base import is_float
from nnlab.testing.operators import Example, backward, forward
from tests.onnx.ops.test_contract import ALL

SHAPING = {"AffineGrid", "BatchNormalization", "Clip", "DeformConv", "Dropout", "GridSample", "MaxRoiPool", "Pow"} | {
    "Resize",
    "RoiAlign",
    "Upsample",
}
"""Operators whose inputs after the first say where, how much or how far: only the first is made large."""

ROUNDINGS = 8
"""Of a half, allowed: float32 has 13 digits of base 2 more than float16, so one, and a gradient is of rounded dy."""


def scaled(example: Example, dtype: Any, scale: float) -> tuple[Any, ...]:
    """The example's inputs times the scale, in this dtype."""
    name = example.name.rpartition(".")[2]
    return tuple(
        np.asarray(x * (1 if place and name in SHAPING else scale)).astype(dtype) if is_float(x) else x
        for place, x in enumerate(example.inputs)
    )


def far_apart(got: Any, exact: Array, dtype: Any) -> bool:
    """Whether it is further from the exact value than rounding takes it; what a half cannot hold may be infinite."""
    limits = ml_dtypes.finfo(dtype)
    y, most = np.asarray(got).astype(np.float64), 0.98 * float(limits.max)
    largest = np.abs(exact[np.isfinite(exact)]).max(initial=0)
    with np.errstate(all="ignore"):
        room = ROUNDINGS * float(limits.eps) * np.maximum(np.abs(exact), min(largest, 1e300) / 2) + 1e-5
        near = np.abs(y - exact) <= room
    full = (np.abs(exact) >= most) & ((np.abs(y) >= most) & (np.sign(y) == np.sign(exact)))
    return not bool((near | full | (np.isnan(y) & np.isnan(exact))).all())


@pytest.mark.parametrize(("dtype", "scale"), [(np.float16, 2500), (ml_dtypes.bfloat16, 60)])
def test_operators_give_in_halves_what_they_give_in_float64(dtype: Any, scale: float) -> None:
    wrong = []
    for example in ALL:
        operator, inputs = example.operator, scaled(example, dtype, scale)
        wide = tuple(x.astype(np.float64) if is_float(x) else x for x in inputs)
        exact = forward(operator, wide)
        weights = tuple(np.ones(np.shape(y)) if is_float(y) else None for y in exact)
        slopes = backward(operator, weights, wide, exact)
        for engine in (on_numpy, on_torch):
            outputs, gradients = engine(operator, inputs)
            pairs = [*zip(outputs, exact, strict=True), *zip(gradients, slopes, strict=True)]
            if any(a is not None and is_float(b) and far_apart(a, b, dtype) for a, b in pairs):
                wrong.append(f"{engine.__name__} {example}")
    assert not wrong


def on_numpy(operator: Any, inputs: tuple[Any, ...]) -> tuple[Any, Any]:
    """Outputs and gradients, by hand."""
    outputs = forward(operator, inputs)
    weights = tuple(np.ones(np.shape(y), y.dtype) if is_float(y) else None for y in outputs)
    return outputs, backward(operator, weights, inputs, outputs)


def on_torch(operator: Any, inputs: tuple[Any, ...]) -> tuple[Any, Any]:
    """The same by torch."""
    torch = pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.arrays import to_array, to_tensor
    from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

    leaves = [to_tensor(x, copy=True) for x in inputs]
    floats = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor) and leaf.is_floating_point()]
    for leaf in floats:
        leaf.requires_grad_()
    y = TORCH_OPERATORS.of(type(operator))(operator, *leaves)
    outputs = y if isinstance(y, tuple) else (y,)
    learnt = [y for y in outputs if isinstance(y, torch.Tensor) and y.requires_grad]
    if learnt:
        torch.autograd.backward(learnt, [torch.ones_like(y) for y in learnt])
    return [to_array(y) for y in outputs], [to_array(getattr(leaf, "grad", None)) for leaf in leaves]


MODELS = {
    "ReduceMean": "y = ReduceMean (x)",
    "ReduceL2": "y = ReduceL2 (x)",
    "ReduceLogSumExp": "y = ReduceLogSumExp (x)",
    "Mean": "y = Mean (x, x, x)",
    "GlobalAveragePool": "y = GlobalAveragePool (x)",
    "AveragePool": "y = AveragePool <kernel_shape = [16, 16]> (x)",
    "GlobalLpPool": "y = GlobalLpPool (x)",
    "LRN": "y = LRN <size = 3> (x)",
    "MeanVarianceNormalization": "y = MeanVarianceNormalization (x)",
    "LpNormalization": "y = LpNormalization <axis = 3> (x)",
}


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("nodes", MODELS.values(), ids=MODELS)
def test_engines_agree_with_onnxruntime_on_large_halves(nodes: str, engine: str) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra [onnxruntime])")
    pytest.importorskip("torch" if engine == "torch" else "numpy")
    declared = "(float16[1, 2, 16, 16] x) => (float16[N, C, H, W] y)"
    text = f'<ir_version: 8, opset_import: ["" : 17]> g {declared} {{ {nodes} }}'
    x = (np.random.default_rng(0).random((1, 2, 16, 16)) * 1000 + 500).astype(np.float16)
    view = checked(parser.parse_model(text))
    ((expected,), (got,)) = (load(view, name).run({"x": x}) for name in ("onnxruntime", engine))
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(got.astype(np.float64), expected.astype(np.float64), rtol=4e-3, atol=4e-3)
