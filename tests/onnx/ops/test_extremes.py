"""Functions of exp and log at the ends of their types: no NaN, infinity or warning where the limit is a number.

The limits, worked by hand, of y and of its slope as x goes to minus and plus infinity. They hold to the last digit at
1,000 already; in between, the functions are held against each other in float64 (tests/onnx/ops/test_contract.py).
"""

import warnings
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from nnlab.onnx.ops.base import OPERATORS, Operator

INF = np.inf
X = "x itself"
LIMITS: dict[str, tuple[Any, ...]] = {  # y and slope to the left, y and slope to the right
    "Sigmoid": (0, 0, 1, 0),
    "Softplus": (0, 0, X, 1),
    "Mish": (0, 0, X, 1),
    "Elu": (-1, 0, X, 1),
    "Celu": (-1, 0, X, 1),
    "Gelu": (0, 0, X, 1),
    "Swish": (0, 0, X, 1),
    "HardSwish": (0, 0, X, 1),
    "HardSigmoid": (0, 0, 1, 0),
    "Softsign": (-1, 0, 1, 0),
    "Tanh": (-1, 0, 1, 0),
    "Erf": (-1, 0, 1, 0),
    "Exp": (0, 0, INF, INF),
    "Sinh": (-INF, INF, INF, INF),
    "Cosh": (INF, -INF, INF, INF),
    "Relu": (0, 0, X, 1),
}
DTYPES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float32": np.float32, "float64": np.float64}


def newest(name: str, **attributes: Any) -> Operator:
    """The operator's newest class, made."""
    return max((cls for cls in OPERATORS if cls.name == name and cls.domain == ""), key=lambda c: max(c.since))(
        **attributes
    )


def on_numpy(operator: Operator, x: Any) -> tuple[Any, Any]:
    """y and its slope."""
    with np.errstate(all="ignore"):
        y = operator.forward(x)
        return y, operator.backward((np.ones_like(y),), (x,), (y,))[0]


def on_torch(operator: Operator, x: Any) -> tuple[Any, Any]:
    """The same by torch."""
    torch = pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.arrays import to_array, to_tensor
    from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

    leaf = to_tensor(x, copy=True).requires_grad_()
    y = TORCH_OPERATORS.of(type(operator))(operator, leaf)
    y.backward(torch.ones_like(y))
    return to_array(y), to_array(leaf.grad)


ENGINES = {"numpy": on_numpy, "torch": on_torch}
each_engine = pytest.mark.parametrize("engine", ENGINES)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def ends(dtype: str) -> Any:
    """Large numbers, the largest, and infinity."""
    most = float(ml_dtypes.finfo(DTYPES[dtype]).max)
    return np.array([1000, most**0.5, most ** (1 / 3) * 4, most / 2, most, INF], np.float64).astype(DTYPES[dtype])


@each_engine
@each_dtype
@pytest.mark.parametrize("name", [*LIMITS, "Gelu by tanh"])
def test_limits(name: str, dtype: str, engine: str) -> None:
    attributes = {"approximate": "tanh"} if "tanh" in name else {}
    operator, high = newest(name.split()[0], **attributes), ends(dtype)
    high = high[high.astype(np.float64) >= 1000]
    for x, (y, slope) in ((-high, LIMITS[name.split()[0]][:2]), (high, LIMITS[name.split()[0]][2:])):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            got, steep = ENGINES[engine](operator, x)
        close = {"rtol": 2e-3, "atol": 2e-3}  # Softsign at 1,000 is 1/1001 from its limit
        np.testing.assert_allclose(
            got.astype(np.float64), np.broadcast_to(x if y is X else y, x.shape).astype(float), **close
        )
        np.testing.assert_allclose(steep.astype(np.float64), np.full(x.shape, slope, np.float64), **close)


@each_engine
def test_softplus_where_exp_of_float32_overflows(engine: str) -> None:
    x = np.array([88, 89, 100, 700, -89, -104], np.float32)
    y, slope = ENGINES[engine](newest("Softplus"), x)
    np.testing.assert_allclose(y, [88, 89, 100, 700, np.exp(-89.0), 0], rtol=1e-5, atol=1e-45)
    np.testing.assert_allclose(slope, [1, 1, 1, 1, 0, 0], atol=1e-38)


@each_engine
@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_sinh_and_cosh_where_exp_overflows_and_they_do_not(engine: str, dtype: str) -> None:
    x = np.array([-89, 89], DTYPES[dtype])  # exp(89) is 4.49e38, more than float32 has; half of it is not
    half = np.exp(89.0) / 2
    for name, y, slope in (("Sinh", [-half, half], [half, half]), ("Cosh", [half, half], [-half, half])):
        got, steep = ENGINES[engine](newest(name), x)
        np.testing.assert_allclose(got.astype(np.float64), y, rtol=4e-3)  # of bfloat16, half a step
        np.testing.assert_allclose(steep.astype(np.float64), slope, rtol=4e-3)


@each_engine
@each_dtype
def test_subnormal_numbers_stay_what_they_are(engine: str, dtype: str) -> None:
    tiny = np.array([ml_dtypes.finfo(DTYPES[dtype]).smallest_subnormal], DTYPES[dtype])
    for name in ("Tanh", "Sinh", "Asinh", "Elu", "Softsign"):  # f(x) = x there, f' = 1
        y, slope = ENGINES[engine](newest(name), tiny)
        assert y[0] == tiny[0], name
        assert slope[0] == 1, name


@each_engine
def test_a_masked_row_of_log_sum_exp_has_no_gradient(engine: str) -> None:
    x = np.array([[-INF, -INF], [1000, 1000], [-INF, 3]], np.float32)
    y, slope = ENGINES[engine](newest("ReduceLogSumExp", axes=(1,), keepdims=0), x)
    np.testing.assert_allclose(y, [-INF, 1000 + np.log(2), 3], rtol=1e-6)
    np.testing.assert_allclose(slope, [[0, 0], [0.5, 0.5], [0, 1]], rtol=1e-4)  # y has a step of 6e-5 at 1,000
