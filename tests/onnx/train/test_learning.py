"""What learns is what a gradient reaches; a file of which nothing does is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.core.rng import Rng
from nnlab.models.graph import Graph
from nnlab.onnx.model import Onnx
from nnlab.testing.batches import one_head

Written = Callable[..., Path]
GENERATOR = np.random.default_rng(0)
W, V = GENERATOR.standard_normal((12, 5)).astype(np.float32), GENERATOR.standard_normal((5, 3)).astype(np.float32)
BITS = {"s": np.float32(0.1), "o": np.int8(0)}


def network(path: Path) -> Graph:
    return Onnx(onnx_model=str(path)).graph((12,), one_head(3)).build((12,), rng=Rng(0), dtype=np.float32)


@pytest.mark.parametrize(
    ("nodes", "stored", "says"),
    [
        ("y = Slice (x, none, three, one)", {"none": [0], "three": [3], "one": [1]}, "no weights are stored"),
        (
            "w = DequantizeLinear (W8, s, o) y = MatMul (x, w)",
            {"W8": np.ones((12, 3), np.int8), **BITS},
            "whole numbers of 8 bits",
        ),
        (
            "h = MatMul (x, W) z = MatMul (h, V) q = QuantizeLinear (z, s, o) y = DequantizeLinear (q, s, o)",
            {"W": W, "V": V, **BITS},
            "QuantizeLinear changes in steps",
        ),
        ("h = MatMul (x, W) z = MatMul (h, V) y = Round (z)", {"W": W, "V": V}, "Round changes in steps"),
        (
            "h = MatMul (x, W) z = MatMul (h, V) i = Cast <to = 7> (z) y = Cast <to = 1> (i)",
            {"W": W, "V": V},
            "no gradient reaches",
        ),
    ],
)
def test_nothing_that_learns_is_an_error_that_says_why(
    written: Written, nodes: str, stored: dict[str, Any], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        network(written(nodes, **stored))


def test_weights_that_no_gradient_reaches_stay_and_that_is_said(
    written: Written, caplog: pytest.LogCaptureFixture
) -> None:
    graph = network(written("h = MatMul (x, W) r = Round (h) y = MatMul (r, V)", W=W, V=V))
    assert [p.name for p in graph.parameters] == ["onnx.V"]
    assert "no gradient reaches 1 of its weights" in caplog.text


def test_an_operator_without_a_gradient_is_named(written: Written) -> None:
    path = written("h = MatMul (x, W) p = Sigmoid (h) b = Bernoulli <seed = 1.0> (p) y = MatMul (b, V)", W=W, V=V)
    with pytest.raises(DataError, match=f"{path}: node b: Bernoulli has no gradient"):
        network(path)


def test_a_new_head_in_the_place_of_the_only_layer_learns_alone(written: Written) -> None:
    path = written("f = Flatten (x) y = MatMul (f, W)", W=W)
    graph = Onnx(onnx_model=str(path), new_head=True).graph((12,), one_head(3))
    assert [p.name for p in graph.build((12,), rng=Rng(0), dtype=np.float32).parameters] == ["head.weight", "head.bias"]
