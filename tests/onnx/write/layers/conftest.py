"""Layers on every engine that runs what is written of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.types import Shape
from nnlab.models.graph import Graph
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.write.export import Form, to_onnx
from nnlab.onnx.write.verify import opened
from nnlab.testing.batches import forward


@pytest.fixture
def same_everywhere() -> Callable[..., None]:
    """same_everywhere(graph, shape, opset): in float32 each engine gives what the network gives."""
    for package in ("onnxruntime", "torch"):
        pytest.importorskip(package)

    def hold(graph: Graph, shape: Shape, opset: int, *, atol: float = 1e-5, samples: int = 3) -> None:
        graph.build(shape, rng=Rng(0), dtype=np.float32)
        generator = np.random.default_rng(4)
        for parameter in graph.parameters:  # off where they start, at which mistakes cancel
            parameter.value += generator.random(parameter.value.shape, dtype=np.float32)
        x = generator.standard_normal((samples, *shape), dtype=np.float32)
        y, _ = forward(graph, x, Context())
        given: Any = np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if x.ndim == 4 else x
        model = to_onnx(graph, Form(opset=opset))
        for engine in ("numpy", "onnxruntime", "torch"):
            got = opened(ENGINES[engine], model)(given)
            assert got.shape == y.shape, engine
            np.testing.assert_allclose(got, y, rtol=1e-5, atol=atol, err_msg=engine)  # float32's rounding

    return hold
