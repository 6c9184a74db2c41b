"""Small ONNX files to train and to export again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

SIZE, CLASSES = 8, 3

Convolutional = Callable[..., Path]


@pytest.fixture
def convolutional(tmp_path: Path) -> Convolutional:
    """Conv -> BatchNormalization -> Relu -> GlobalAveragePool -> Reshape -> Gemm (-> Softmax), written to a file."""

    def write(name: str = "small", *, batch: int | str = "batch", softmax: bool = False, channels: int = 3) -> Path:
        generator = np.random.default_rng(0)
        values = {
            "conv.weight": generator.standard_normal((4, channels, 3, 3)) * 0.4,
            "conv.bias": generator.standard_normal(4) * 0.1,
            "norm.scale": 1 + 0.1 * generator.standard_normal(4),
            "norm.shift": 0.1 * generator.standard_normal(4),
            "norm.mean": 0.1 * generator.standard_normal(4),
            "norm.variance": 1 + generator.random(4),
            "head weight": generator.standard_normal((CLASSES, 4)),
            "head bias": np.zeros(CLASSES),
        }
        stored = [numpy_helper.from_array(value.astype(np.float32), key) for key, value in values.items()]
        stored.append(numpy_helper.from_array(np.array([1, 4]), "sizes"))
        nodes = [
            helper.make_node("Conv", ["x", "conv.weight", "conv.bias"], ["c"], "first", pads=[1] * 4),
            helper.make_node(
                "BatchNormalization", ["c", "norm.scale", "norm.shift", "norm.mean", "norm.variance"], ["n"], "norm"
            ),
            helper.make_node("Relu", ["n"], ["r"], "bend"),
            helper.make_node("GlobalAveragePool", ["r"], ["g"], "mean"),
            helper.make_node("Reshape", ["g", "sizes"], ["f"], "flat"),
            helper.make_node("Gemm", ["f", "head weight", "head bias"], ["y"], "head", transB=1),
            *([helper.make_node("Softmax", ["y"], ["p"], "last", axis=1)] if softmax else []),
        ]
        if batch != 1:
            stored[-1] = numpy_helper.from_array(np.array([-1, 4]), "sizes")
        graph = helper.make_graph(
            nodes,
            "small",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, channels, SIZE, SIZE])],
            [helper.make_tensor_value_info("p" if softmax else "y", TensorProto.FLOAT, [batch, CLASSES])],
            stored,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return write


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """A model from onnx's text form, its stored values given as arrays: written("y = MatMul (x, W)", W=...)."""

    def write(nodes: str, *, x: str = "float[n,12] x", y: str = "float[n,3] y", opset: int = 17, **stored: Any) -> Path:
        text = f'<ir_version: 8, opset_import: ["" : {opset}]> g ({x}) => ({y}) {{ {nodes} }}'
        model = onnx.parser.parse_model(text)
        model.graph.initializer.extend(numpy_helper.from_array(np.asarray(v), name) for name, v in stored.items())
        path = tmp_path / f"model{len(list(tmp_path.glob('model*')))}.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return write
