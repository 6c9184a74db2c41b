"""Arithmetic of whole numbers, where NumPy and ONNX, or torch and ONNX, do not mean the same."""

from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.bit_shift import BitShift
from nnlab.onnx.ops.div import Div
from nnlab.onnx.ops.max import Max
from nnlab.onnx.ops.pow import Pow
from nnlab.onnx.ops.range import Range
from nnlab.onnx.ops.sub import Sub

CASES: list[tuple[Any, list[list[int]], Any, list[int]]] = [
    (Div(), [[-7, 7, -7, 2**62], [2, -2, -2, 3]], np.int64, [-3, -3, 3, 2**62 // 3]),
    (Add(), [[65535, 1], [1, 1]], np.uint16, [0, 2]),
    (Sub(), [[0, 5], [1, 2]], np.uint64, [2**64 - 1, 3]),
    (Pow(), [[3, 2, -2], [39, 3, 3]], np.int64, [3**39, 8, -8]),
    (Max(), [[2**32 - 1, 3], [1, 4]], np.uint32, [2**32 - 1, 4]),
    (BitShift(direction="RIGHT"), [[-8, -8, 8, 8], [1, 99, 99, -1]], np.int8, [-4, -1, 0, 0]),
    (BitShift(direction="LEFT"), [[1, 1, 64, 3], [7, 8, 1, -1]], np.int8, [-128, 0, -128, 0]),
    (BitShift(direction="LEFT"), [[1, 1], [63, 64]], np.uint64, [2**63, 0]),
]


@pytest.mark.parametrize(("operator", "inputs", "dtype", "expected"), CASES)
def test_on_numpy(operator: Any, inputs: list[list[int]], dtype: Any, expected: list[int]) -> None:
    y = operator.forward(*(np.array(x, dtype) for x in inputs))
    assert (y.dtype, y.tolist()) == (np.dtype(dtype), expected)


@pytest.mark.parametrize(("operator", "inputs", "dtype", "expected"), CASES)
def test_on_torch(operator: Any, inputs: list[list[int]], dtype: Any, expected: list[int]) -> None:
    torch = pytest.importorskip("torch")
    from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

    translation = TORCH_OPERATORS.of(type(operator))
    y = translation(operator, *(torch.from_numpy(np.array(x, dtype)) for x in inputs)).numpy()
    assert (y.dtype, y.tolist()) == (np.dtype(dtype), expected)


@pytest.mark.parametrize("delta", [0, 0.0, np.nan, np.inf])
def test_a_range_without_an_end_is_refused(delta: float) -> None:
    with pytest.raises(DataError, match="has no end"):
        Range().forward(np.array(1), np.array(5), np.array(delta))
