"""A file that computes in several floating-point types is one network in one type, whose gradient is right."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from nnlab.backends.base import BACKENDS
from nnlab.checks.gradients import check_gradients
from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.graph import Graph
from nnlab.onnx.model import Onnx
from nnlab.onnx.write.export import Form, to_onnx
from nnlab.onnx.write.verify import Wanted, verify
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import forward, labelled, one_head

Written = Callable[..., Path]
GENERATOR = np.random.default_rng(0)
W, V = GENERATOR.standard_normal((12, 5)), GENERATOR.standard_normal((5, 3))
SINGLE = {"W": W.astype(np.float32), "V": V.astype(np.float32)}
HALF = {"W": W.astype(np.float16), "V": V.astype(np.float16)}

FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "a cast that changes nothing": ("h = MatMul (x, W) c = Cast <to = 1> (h) t = Tanh (c) y = MatMul (t, V)", SINGLE),
    "of the input": ("c = Cast <to = 1> (x) h = MatMul (c, W) t = Tanh (h) y = MatMul (t, V)", SINGLE),
    "half inside": (
        "c = Cast <to = 10> (x) h = MatMul (c, W) t = Tanh (h) v = MatMul (t, V) y = Cast <to = 1> (v)",
        HALF,
    ),
    "double at the end": (
        "h = MatMul (x, W) t = Tanh (h) v = MatMul (t, V) d = Cast <to = 11> (v) p = Softmax <axis = 1> (d) "
        "y = Cast <to = 1> (p)",
        SINGLE,
    ),
    "ones made inside": (
        "o = ConstantOfShape <value = float[1] {1}> (size) h = MatMul (x, W) t = Tanh (h) s = Mul (t, o) "
        "y = MatMul (s, V)",
        {**SINGLE, "size": np.array([5])},
    ),
    "zeros by default, and a mask": (
        "o = ConstantOfShape (size) h = MatMul (x, W) b = Greater (h, o) m = Cast <to = 1> (b) r = Mul (h, m) "
        "y = MatMul (r, V)",
        {**SINGLE, "size": np.array([5])},
    ),
    "an identity matrix": (
        "e = EyeLike <dtype = 1> (like) h = MatMul (x, W) i = MatMul (h, e) t = Tanh (i) y = MatMul (t, V)",
        {**SINGLE, "like": np.zeros((5, 5), np.int64)},
    ),
    "numbers drawn from a seed": (
        "n = RandomNormal <shape = [5], seed = 3.0> () h = MatMul (x, W) a = Add (h, n) t = Tanh (a) y = MatMul (t, V)",
        SINGLE,
    ),
    "a branch with weights of its own": (
        "h = MatMul (x, W) t = If (yes) <then_branch = a () => (float[n,5] u) "
        "<float[1] w = {0.5}> { m = Mul (h, w) u = Cast <to = 1> (m) }, "
        "else_branch = b () => (float[n,5] v) { v = Neg (h) }> y = MatMul (t, V)",
        {**SINGLE, "yes": np.array(True)},
    ),
    "a normalisation that says float32": (
        "h = MatMul (x, W) l = LayerNormalization <stash_type = 1> (h, g) y = MatMul (l, V)",
        {**SINGLE, "g": np.ones(5, np.float32)},
    ),
}


def network(path: Path, dtype: Any = np.float32) -> Graph:
    return Onnx(onnx_model=str(path)).graph((12,), one_head(3)).build((12,), rng=Rng(0), dtype=dtype)


def batch(dtype: Any = np.float64) -> Batch:
    generator = np.random.default_rng(1)
    return labelled(generator.random((6, 12)).astype(dtype), np.eye(3)[generator.integers(3, size=6)], ["s"] * 6)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("name", FILES)
def test_its_gradient_agrees_with_differences(
    written: Written, request: pytest.FixtureRequest, name: str, backend: str
) -> None:
    if backend == "torch":
        request.getfixturevalue("torch_installed")
    nodes, stored = FILES[name]
    graph = network(written(nodes, **stored))
    optimizer = Optimizer(Constant(), learning_rate=0.1)
    learner = BACKENDS.get(backend).of(graph, loss=CrossEntropy(), optimizer=optimizer)
    report = check_gradients(learner.probe(batch(), rng=Rng(0)), Rng(0))
    assert not report.failed and len(report.verdicts) >= 2
    learner.learn(batch(np.float32), rng=Rng(0), epoch=0, epochs=1)
    assert all(value.dtype == np.float32 for value in learner.state().values())


def test_bfloat16_is_floating_point(written: Written) -> None:
    path = written("y = MatMul (x, W)", W=W[:, :3].astype(np.float32))
    model = onnx.load(str(path))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = onnx.TensorProto.BFLOAT16
    import ml_dtypes

    few = W[:, :3].astype(ml_dtypes.bfloat16)
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(few, "W"))
    path.write_bytes(model.SerializeToString())
    graph = network(path, np.float64)
    y, _ = forward(graph, batch().inputs, Context())
    np.testing.assert_allclose(y, batch().inputs @ few.astype(np.float64), rtol=1e-12)


@pytest.mark.parametrize("name", [name for name in FILES if "seed" not in name])
def test_it_is_written_in_one_type_and_gives_the_same(written: Written, name: str) -> None:
    nodes, stored = FILES[name]
    graph = network(written(nodes, **stored))
    x = batch(np.float32).inputs
    y, _ = forward(graph, x, Context())
    model = to_onnx(graph, Form(softmax=graph.outlet.emits == "probabilities"))
    logits = graph.outlet.emits == "logits"
    shares = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True) if logits else y
    assert verify(model, x, Wanted(shares, logits=logits), dtype="float32").worst < 1e-6  # probabilities in float32
