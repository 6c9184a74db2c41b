"""Small float models that are quantised in tests."""

from collections.abc import Sequence

import numpy as np
import onnx.helper as oh
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper

from nnlab.core.types import Array

FLOAT = TensorProto.FLOAT


def model(
    nodes: Sequence[NodeProto], stored: dict[str, Array], *, given: Sequence[object] = ("n", 1, 2, 2),
    gives: Sequence[object] = ("n", 2), opset: int = 17,
) -> ModelProto:  # fmt: skip
    """Input x, output y."""
    graph = oh.make_graph(
        list(nodes),
        "small",
        [oh.make_tensor_value_info("x", FLOAT, list(given))],  # type: ignore[arg-type]
        [oh.make_tensor_value_info("y", FLOAT, list(gives))],  # type: ignore[arg-type]
        [numpy_helper.from_array(np.asarray(value), name) for name, value in stored.items()],
    )
    return oh.make_model(graph, opset_imports=[oh.make_opsetid("", opset)], ir_version=8)


def network(opset: int = 17) -> ModelProto:
    """Conv, BatchNormalization, Relu, MaxPool, Flatten, Gemm, Softmax on 1 x 4 x 4."""
    rng = np.random.default_rng(5)

    def normal(*shape: int) -> Array:
        return rng.standard_normal(shape).astype(np.float32)

    nodes = [
        oh.make_node("Conv", ["x", "w", "b"], ["conv"], name="conv", pads=[1, 1, 1, 1]),
        oh.make_node("BatchNormalization", ["conv", "gamma", "beta", "mean", "variance"], ["norm"], name="norm"),
        oh.make_node("Relu", ["norm"], ["relu"], name="relu"),
        oh.make_node("MaxPool", ["relu"], ["pool"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
        oh.make_node("Flatten", ["pool"], ["flat"], name="flat"),
        oh.make_node("Gemm", ["flat", "v", "c"], ["logits"], name="dense", transB=1),
        oh.make_node("Softmax", ["logits"], ["y"], name="softmax", axis=1),
    ]
    stored = {
        "w": normal(3, 1, 3, 3), "b": normal(3), "gamma": normal(3), "beta": normal(3), "mean": normal(3),
        "variance": np.abs(normal(3)) + 0.5, "v": normal(2, 12), "c": normal(2),
    }  # fmt: skip
    return model(nodes, stored, given=("n", 1, 4, 4), opset=opset)


def pictures(count: int = 8) -> Array:
    """What `network` takes."""
    return np.random.default_rng(7).standard_normal((count, 1, 4, 4)).astype(np.float32)
