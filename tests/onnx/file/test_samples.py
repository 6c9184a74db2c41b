"""Pixels go into a graph in the order in which it reads them, or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.rng import Rng
from nnlab.models.graph import Graph
from nnlab.onnx.file.read import read_model
from nnlab.onnx.file.samples import channels_last
from nnlab.onnx.model import Onnx
from nnlab.testing.batches import backward, forward, one_head

Written = Callable[..., Path]
H, W = 5, 6
IMAGE = (H, W, 3)
PIXELS = np.random.default_rng(0).random((4, *IMAGE))
CONV = {"k": np.random.default_rng(1).standard_normal((2, 3, 1, 1)).astype(np.float32)}
MEANS = "y = ReduceMean <axes = [2, 3], keepdims = 0> (c)"


def network(path: Path, shape: tuple[int, ...] = IMAGE, classes: int = 2) -> Graph:
    return Onnx(onnx_model=str(path)).graph(shape, one_head(classes)).build(shape, rng=Rng(0), dtype=np.float64)


@pytest.mark.parametrize(
    ("x", "nodes", "last"),
    [
        ("float[n,3,5,6] x", f"c = Conv (x, k) {MEANS}", False),
        ("float[n,5,6,3] x", f"t = Transpose <perm = [0, 3, 1, 2]> (x) c = Conv (t, k) {MEANS}", True),
        ("float[n,h,w,c] x", f"t = Transpose <perm = [0, 3, 1, 2]> (x) c = Conv (t, k) {MEANS}", True),
        ("float[n,c,h,w] x", f"s = Mul (x, two) c = Conv (s, k) {MEANS}", False),
        ("float[n,c,h,w] x", f"s = Mul (x, two) t = Transpose <perm = [0, 3, 1, 2]> (s) c = Conv (t, k) {MEANS}", True),
    ],
)
def test_images_reach_the_convolution_as_channels(written: Written, x: str, nodes: str, last: bool) -> None:
    """The mean over all places of a convolution by 1 x 1 is the kernel times the picture's mean colour."""
    scale = 2 if "two" in nodes else 1
    path = written(nodes, x=x, y="float[n,2] y", two=np.float32(2), **CONV)
    assert channels_last(read_model(path)) is last
    wanted = scale * PIXELS.mean(axis=(1, 2)) @ CONV["k"].reshape(2, 3).astype(np.float64).T
    y, tape = forward(graph := network(path), PIXELS, Context())
    np.testing.assert_allclose(y, wanted, rtol=1e-12)
    dx = backward(graph, np.ones_like(y), tape, Context(), needs_dx=True)
    colours = scale * CONV["k"].reshape(2, 3).astype(np.float64).sum(axis=0) / (H * W)
    np.testing.assert_allclose(dx, np.broadcast_to(colours, PIXELS.shape), rtol=1e-12)


@pytest.mark.parametrize("sizes", ["5,6,3", "5,18", "30,3", "90", "5,k"])
def test_axes_that_lie_beside_each_other_may_be_joined(written: Written, sizes: str) -> None:
    weights = np.random.default_rng(2).standard_normal((90, 2)).astype(np.float32)
    path = written(
        "f = Reshape (x, rows) y = MatMul (f, V)", x=f"float[n,{sizes}] x", y="float[n,2] y", V=weights, rows=[-1, 90]
    )
    y, _ = forward(network(path), PIXELS, Context())
    np.testing.assert_allclose(y, PIXELS.reshape(4, 90) @ weights.astype(np.float64), rtol=1e-12)


@pytest.mark.parametrize(
    ("x", "shape"),
    [
        ("float[n,3,30] x", IMAGE),
        ("float[n,3,30] x", (90,)),
        ("float[n,1,3,5,6] x", IMAGE),
        ("float[n,1,3,5,6] x", (90,)),
        ("float[n,6,15] x", IMAGE),
    ],
)
def test_an_order_that_cannot_be_is_refused(written: Written, x: str, shape: tuple[int, ...]) -> None:
    weights = np.ones((90, 2), np.float32)
    path = written("f = Reshape (x, rows) y = MatMul (f, V)", x=x, y="float[n,2] y", V=weights, rows=[-1, 90])
    with pytest.raises(ShapeError):
        network(path, shape)


@pytest.mark.parametrize(
    ("x", "shape", "says"),
    [
        ("float[n,8,8,3] x", (5, 5, 3), "type --resize=8,8 --no-grayscale"),
        ("float[n,3,8,8] x", (5, 5, 1), "type --resize=8,8 --no-grayscale"),
        ("float[n,8,8,4] x", (8, 8, 3), "pictures have 1 or 3 channels, never"),
        ("float[n,784] x", (110, 110, 3), "type --resize=28,28 --grayscale"),
        ("float[n,192] x", (110, 110, 3), "type --resize=8,8 --no-grayscale"),
        ("float[n,c,h,w] x", (192,), "--no-flatten"),
    ],
)
def test_what_does_not_fit_says_what_does(written: Written, x: str, shape: Any, says: str) -> None:
    nodes = "s = Mul (x, two) f = Flatten (s) y = MatMul (f, V)"
    stored = {"two": np.float32(2), "V": np.ones((192, 2), np.float32)}
    with pytest.raises(ShapeError, match=says):
        network(written(nodes, x=x, y="float[n,2] y", **stored), shape)
