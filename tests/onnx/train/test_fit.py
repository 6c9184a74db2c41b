"""What samples a file is for, also where it leaves sizes open: `nnlab check` and `--flatten` follow."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags
from nnlab.onnx.model import Onnx

Written = Callable[..., Path]
POOLED = "c = Conv (x, k) p = MaxPool <kernel_shape = [9, 9]> (c) m = GlobalMaxPool (p) y = Flatten (m)"
K = np.random.default_rng(0).standard_normal((2, 3, 1, 1)).astype(np.float32)
V = np.random.default_rng(0).standard_normal((12, 2)).astype(np.float32)


@pytest.mark.parametrize(
    ("x", "nodes", "fits", "takes"),
    [
        ("float[n,3,h,w] x", POOLED, ((16, 16, 3), 2), "images"),  # 8 x 8 is smaller than the pool
        ("float[n,3,9,10] x", POOLED, ((9, 10, 3), 2), "images"),
        ("float[n,k] x", "y = MatMul (x, V)", ((12,), 2), "vectors"),
        ("float[n,12] x", "y = MatMul (x, V)", ((12,), 2), "vectors"),
        ("float[n,12,1,1] x", "f = Flatten (x) y = MatMul (f, V)", ((12, 1, 1), 2), "vectors"),
    ],
)
def test_the_smallest_that_goes_through(written: Written, x: str, nodes: str, fits: object, takes: str) -> None:
    model = Onnx(onnx_model=str(written(nodes, x=x, y="float[n,2] y", k=K, V=V)))
    assert model.fits() == fits and model.takes() == takes
    flags = {"model": "Onnx", "onnx_model": model.onnx_model, "prepare": "none"}
    assert resolve(from_flags(flags)).data.flatten is (takes == "vectors")
    assert resolve(from_flags(flags | {"flatten": True})).data.flatten  # what is said is done


def test_a_network_of_images_alone_passes_the_check(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(
        "c = Conv (x, k) m = GlobalAveragePool (c) y = Flatten (m)", x="float[n,3,h,w] x", y="float[n,2] y", k=K
    )
    assert main(["check", "--model=Onnx", f"--onnx-model={path}"]) == 0
    assert "0 failed" in capsys.readouterr().out
