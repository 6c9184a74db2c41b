"""What an output is, found from the graph: probabilities however they are passed on, and what only looks like them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import DataError
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.graph import Graph
from nnlab.models.objective import Objective
from nnlab.onnx.file.emits import emitted
from nnlab.onnx.file.read import read_model
from nnlab.onnx.model import Onnx
from nnlab.testing.batches import labelled, one_head

Written = Callable[..., Path]
W = np.random.default_rng(0).standard_normal((12, 3)).astype(np.float32)

KEPT = {
    "last": "y = Softmax <axis = 1> (z)",
    "identity": "p = Softmax <axis = 1> (z) y = Identity (p)",
    "flatten": "p = Softmax <axis = 1> (z) y = Flatten (p)",
    "reshape": "p = Softmax <axis = 1> (z) y = Reshape (p, rows)",
    "squeeze": "p = Softmax <axis = 1> (z) u = Unsqueeze (p, two) y = Squeeze (u, two)",
    "transpose": "p = Softmax <axis = 1> (z) u = Unsqueeze (p, two) y = Transpose <perm = [0, 2, 1]> (u)",
    "clip": "p = Softmax <axis = 1> (z) y = Clip (p, low, high)",
    "dropout": "p = Softmax <axis = 1> (z) y = Dropout (p)",
    "cast": "p = Softmax <axis = 1> (z) h = Cast <to = 10> (p) y = Cast <to = 1> (h)",
    "softmax in parts": "e = Exp (z) s = ReduceSum <keepdims = 1> (e, one) y = Div (e, s)",
    "mean of two": "p = Softmax <axis = 1> (z) q = Softmax <axis = -1> (z) s = Add (p, q) y = Mul (s, half)",
    "exp of a log softmax": "l = LogSoftmax <axis = 1> (z) y = Exp (l)",
    "axes of 1 behind": "p = Softmax <axis = 1> (z) y = Reshape (p, four)",
    "softmax over the channels": "u = Reshape (z, four) y = Softmax <axis = 1> (u)",
}
LOGITS = {
    "logits": "y = Identity (z)",
    "log softmax": "y = LogSoftmax <axis = 1> (z)",
    "log of a softmax": "p = Softmax <axis = 1> (z) y = Log (p)",
}
STORED: dict[str, Any] = {
    "W": W,
    "rows": np.array([-1, 3]),
    "four": np.array([-1, 3, 1, 1]),
    "one": np.array([1]),
    "two": np.array([2]),
    "low": np.float32(1e-7),
    "high": np.float32(1),
    "half": np.float32(0.5),
}


def network(path: Path, shape: tuple[int, ...] = (12,)) -> Graph:
    return Onnx(onnx_model=str(path)).graph(shape, one_head(3)).build(shape, rng=Rng(0), dtype=np.float64)


def loss(graph: Graph) -> float:
    generator = np.random.default_rng(2)
    batch = labelled(generator.random((7, 12)), np.eye(3)[generator.integers(3, size=7)], ["s"] * 7)
    return Objective(graph, CrossEntropy()).value(batch, Context())


@pytest.mark.parametrize("name", [*KEPT, *LOGITS])
def test_the_loss_is_that_of_the_logits_whatever_stands_behind_them(written: Written, name: str) -> None:
    graph = network(written(f"z = MatMul (x, W) {(KEPT | LOGITS)[name]}", y="float[n,c] y", **STORED))
    assert graph.outlet.emits == ("probabilities" if name in KEPT else "logits")
    wanted = loss(network(written("y = MatMul (x, W)", W=W)))
    assert loss(graph) == pytest.approx(wanted, rel=1e-6)  # the log's floor, and a Clip at 1e-7


@pytest.mark.parametrize(
    ("behind", "says"),
    [
        ("y = Sigmoid (z)", "ends in Sigmoid"),
        ("s = Sigmoid (z) y = Identity (s)", "ends in Sigmoid"),
        ("y = Softmax <axis = 0> (z)", "ends in Softmax"),  # over the batch
        ("p = Softmax <axis = 1> (z) y = Mul (half, p)", r"ends in Softmax, whose numbers add up to 0\.5"),
        ("p = Softmax <axis = 1> (z) y = Div (p, half)", r"ends in Softmax, whose numbers add up to 2 "),
    ],
)
def test_what_is_neither_is_refused(written: Written, behind: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        network(written(f"z = MatMul (x, W) {behind}", **(STORED if "half" in behind else {"W": W})))


def test_eight_bits_are_seen_and_how_wide_their_steps_are(written: Written) -> None:
    path = written(
        "z = MatMul (x, W) p = Softmax <axis = 1> (z) q = QuantizeLinear (p, s, o) y = DequantizeLinear (q, s, o)",
        W=W,
        s=np.float32(1 / 256),
        o=np.uint8(0),
    )
    found = emitted(read_model(path))
    assert found is not None and found.kind == "probabilities"
    assert found.step == 1 / 256 and found.tolerance(10) == 10 / 512


@pytest.mark.parametrize(
    "behind",
    [
        "y = Clip (p, third, high)",  # holds them away from what they are
        "i = Cast <to = 7> (p) y = Cast <to = 1> (i)",
        "y = Mul (p, below)",
        "y = Mul (p, W)",
        "a = Add (p, p) y = Div (p, a)",  # no sum over classes
    ],
)
def test_what_changes_them_is_not_passed(written: Written, behind: str) -> None:
    stored = {**STORED, "third": np.float32(0.3), "below": np.float32(-1)}
    path = written(f"z = MatMul (x, W) p = Softmax (z) {behind}", **stored)
    assert emitted(read_model(path)) is None
