"""Files in training mode are trained as in evaluation; what draws at random is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import DataError
from nnlab.core.rng import Rng
from nnlab.models.graph import Graph
from nnlab.onnx.model import Onnx
from nnlab.testing.batches import forward, one_head

Written = Callable[..., Path]
W = np.random.default_rng(0).standard_normal((12, 3)).astype(np.float32)
X = np.random.default_rng(1).random((5, 12))
STATISTICS = {
    "scale": np.float32([1, 2, 3]),
    "shift": np.float32([0, 1, 0]),
    "mean": np.float32([0.5, 0, -1]),
    "variance": np.float32([1, 4, 0.25]),
}


def network(path: Path) -> Graph:
    return Onnx(onnx_model=str(path)).graph((12,), one_head(3)).build((12,), rng=Rng(0), dtype=np.float64)


@pytest.mark.parametrize("outputs", ["d", "d, kept"])
def test_dropout_in_training_mode_lets_everything_through(
    written: Written, caplog: pytest.LogCaptureFixture, outputs: str
) -> None:
    path = written(f"{outputs} = Dropout (x, ratio, yes) y = MatMul (d, W)", W=W, ratio=np.float32(0.5), yes=True)
    y, _ = forward(network(path), X, Context(training=True))
    np.testing.assert_allclose(y, X @ W.astype(np.float64), rtol=1e-12)
    assert "Dropout in training mode" in caplog.text


@pytest.mark.parametrize(
    ("opset", "norm"),
    [
        (15, "y, m, v = BatchNormalization <training_mode = 1> (z, scale, shift, mean, variance)"),
        (9, "y, m, v = BatchNormalization (z, scale, shift, mean, variance)"),
    ],
)
def test_batch_normalization_in_training_mode_takes_its_stored_statistics(
    written: Written, opset: int, norm: str
) -> None:
    graph = network(written(f"z = MatMul (x, W) {norm}", opset=opset, W=W, **STATISTICS))
    y, _ = forward(graph, X, Context(training=True))
    scale, shift, mean, variance = (value.astype(np.float64) for value in STATISTICS.values())
    wanted = scale * (X @ W.astype(np.float64) - mean) / np.sqrt(variance + 1e-5) + shift
    np.testing.assert_allclose(y, wanted, rtol=1e-6)  # epsilon is kept in float32
    assert {p.name for p in graph.parameters} == {"onnx.W", "onnx.scale", "onnx.shift"}


@pytest.mark.parametrize("node", ["RandomNormal <shape = [12]> ()", "RandomUniformLike (x)", "Bernoulli (x)"])
def test_what_draws_at_random_is_refused_by_name(written: Written, node: str) -> None:
    with pytest.raises(DataError, match=r"node r: Random|node r: Bernoulli"):
        network(written(f"r = {node} s = Add (x, r) y = MatMul (s, W)", W=W))


def test_what_the_first_output_does_not_need_is_left_out(written: Written) -> None:
    path = written("r = RandomNormal <shape = [12]> () more = Add (x, r) y = MatMul (x, W)", W=W)
    y, _ = forward(network(path), X, Context())
    np.testing.assert_allclose(y, X @ W.astype(np.float64), rtol=1e-12)
