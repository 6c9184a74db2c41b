"""What onnxruntime's quantiser and optimiser make of a trained network, on both engines as on onnxruntime."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.types import Array
from nnlab.onnx.backends.engines import load
from nnlab.onnx.file.read import read_model

SEEN = np.random.default_rng(0).random((4, 1, 1, 28, 28), dtype=np.float32)


class Reader:
    """Samples for the quantiser, one after the other, then None."""

    def __init__(self) -> None:
        self.left: Iterator[Array] = iter(SEEN)

    def get_next(self) -> dict[str, Array] | None:
        """The next."""
        x = next(self.left, None)
        return None if x is None else {"Input3": x}


def optimised(source: Path, to: Path) -> None:
    library = pytest.importorskip("onnxruntime")
    options = library.SessionOptions()
    options.graph_optimization_level = library.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(to)
    options.log_severity_level = 4
    library.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def quantised(source: Path, to: Path, *, form: str) -> None:
    pytest.importorskip("onnxruntime")
    from onnxruntime import quantization as q

    kind: Any = q.QuantType.QUInt8
    if form == "dynamic":
        q.quantize_dynamic(source, to, weight_type=kind)
    else:
        written = getattr(q.QuantFormat, form)
        q.quantize_static(source, to, Reader(), quant_format=written, activation_type=kind, weight_type=kind)


@pytest.mark.filterwarnings("ignore")  # the quantiser's own
@pytest.mark.parametrize("form", ["optimised", "QOperator", "QDQ", "dynamic"])
def test_a_trained_network(form: str, shared_data: Path, tmp_path: Path) -> None:
    source, file = shared_data / "onnx" / "mnist-8" / "mnist-8.onnx", tmp_path / "made.onnx"
    if form == "optimised":
        optimised(source, file)
    else:
        quantised(source, file, form=form)
    view = read_model(file)
    reference = load(view, "onnxruntime")
    for engine in ("numpy", "torch"):
        if engine == "torch":
            pytest.importorskip("torch")
        model = load(view, engine)
        for x in SEEN:
            (y,), (other,) = model.run({"Input3": x}), reference.run({"Input3": x})
            # A number halfway between two of 8 bits falls to either side: one step of the 256 that the outputs take.
            step = 0.0 if form == "optimised" else float(np.ptp(other)) / 100
            np.testing.assert_allclose(y, other, rtol=1e-5, atol=step + 1e-5 * float(np.abs(other).max()))


def test_a_number_without_axes_stays_a_tensor() -> None:
    torch = pytest.importorskip("torch")
    from nnlab.onnx.ops.quantize_linear import QuantizeLinear
    from nnlab.onnx.torch_ops.by_numpy import by_numpy

    y = by_numpy(QuantizeLinear(), torch.tensor(0.7), torch.tensor(0.1), torch.tensor(3, dtype=torch.uint8))
    assert isinstance(y, torch.Tensor) and y.dtype == torch.uint8 and y.item() == 10
