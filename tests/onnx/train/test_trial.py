"""Two samples through a network before it is trained."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.onnx.model import Onnx
from nnlab.onnx.train.trial import squeezed
from nnlab.testing.batches import one_head

W = np.ones((12, 3), np.float32)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [((10,), (10,)), ((10, 1, 1), (10,)), ((1, 10), (10,)), ((1, 1), (1,)), ((2, 5), (2, 5)), ((2, 1, 5), (2, 1, 5))],
)
def test_axes_of_one_are_no_axes(given: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    assert squeezed(given) == wanted


def test_a_shape_that_the_file_leaves_open_is_found_out(written: Callable[..., Path]) -> None:
    nodes = "a = MatMul (x, W) b = Unsqueeze (a, one) y = Concat <axis = 1> (b, b)"
    model = written(nodes, y="float[n,k,m] y", W=W, one=[1])
    with pytest.raises(UsageError, match="gives 2 x 3 values a sample, and the dataset has 3 classes"):
        Onnx(onnx_model=str(model)).graph((12,), one_head(3))


def test_whole_numbers_and_single_batches_are_refused(written: Callable[..., Path]) -> None:
    whole = written("a = MatMul (x, W) y = ArgMax <axis = 1> (a)", y="int64[n,1] y", W=W)
    with pytest.raises(DataError, match="gives int64"):
        Onnx(onnx_model=str(whole)).graph((12,), one_head(3))
    joined = written("a = MatMul (x, W) y = Reshape (a, all)", y="float[k,m] y", W=W, all=[1, -1])
    with pytest.raises(DataError, match="made for batches of one"):
        Onnx(onnx_model=str(joined)).graph((12,), one_head(3))
