"""Pooling of windows, by hand; held against torch and, written as ONNX, against every engine over a grid of options."""

from itertools import product

import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.rng import Rng
from nnlab.layers.average_pool2d import AveragePool2d
from nnlab.layers.base import LAYERS
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.models.graph import Graph
from nnlab.testing.batches import forward

X = np.array([[1.0, 2, 5, 0], [4, 3, 5, 5], [0, 0, 9, 8], [-1, 0, 7, 6]]).reshape(1, 4, 4, 1)
DY = np.array([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1)


def test_the_largest_by_hand_and_the_first_of_several(built, training, evaluation):
    layer = built(MaxPool2d(), (4, 4, 1))
    for ctx in (training, evaluation):
        y, cache = layer.forward(X, ctx=ctx)
        np.testing.assert_array_equal(y[0, ..., 0], [[4, 5], [0, 9]])
        (dx,) = layer.backward(DY, cache, ctx)
        np.testing.assert_array_equal(dx[0, ..., 0], [[0, 0, 2, 0], [1, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]])


def test_the_mean_by_hand(built, training):
    layer = built(AveragePool2d(), (4, 4, 1))
    y, cache = layer.forward(X, ctx=training)
    np.testing.assert_array_equal(y[0, ..., 0], [[2.5, 3.75], [-0.25, 7.5]])
    (dx,) = layer.backward(DY, cache, training)
    np.testing.assert_array_equal(dx[0, ..., 0], np.kron(DY[0, ..., 0], np.full((2, 2), 0.25)))


def test_windows_that_overlap_share_a_place(built, training):
    layer = built(MaxPool2d(kernel=3, stride=1), (4, 4, 1))
    y, cache = layer.forward(X, ctx=training)
    np.testing.assert_array_equal(y[0, ..., 0], [[9, 9], [9, 9]])
    (dx,) = layer.backward(DY, cache, training)
    assert dx[0, 2, 2, 0] == 10 and dx.sum() == 10


@pytest.mark.parametrize(
    ("counted", "expected"), [(True, [[1 / 4, 5 / 4], [7 / 4, 3.0]]), (False, [[1.0, 2.5], [3.5, 3.0]])]
)
def test_padding_is_counted_or_not(built, training, counted, expected):
    """One row above and one column to the left; the image is [[1, 2, 3], [3, 0, 3], [4, 6, 3]]."""
    x = np.array([[1.0, 2, 3], [3, 0, 3], [4, 6, 3]]).reshape(1, 3, 3, 1)
    layer = built(AveragePool2d(padding=(1, 0, 1, 0), count_include_pad=counted), (3, 3, 1))
    np.testing.assert_allclose(layer.forward(x, ctx=training)[0][0, ..., 0], expected, rtol=1e-15)


def test_a_last_window_reaches_over_the_end_if_it_begins_before_it(built, training):
    """Five columns in windows of two: a third of one column. Of three with padding after them, none begins there."""
    x = np.arange(5.0).reshape(1, 1, 5, 1)
    for cls, expected in ((MaxPool2d, [1, 3, 4]), (AveragePool2d, [0.5, 2.5, 4])):
        layer = cls(kernel=(1, 2), ceil_mode=True)
        assert built(layer, (1, 5, 1)).out_size == (1, 3)
        np.testing.assert_array_equal(layer.forward(x, ctx=training)[0].ravel(), expected)
        assert built(cls(kernel=(1, 2)), (1, 5, 1)).out_size == (1, 2)
        assert built(cls(kernel=(1, 3), stride=3, padding=(0, 0, 0, 2), ceil_mode=True), (1, 6, 1)).out_size == (1, 2)


def test_as_many_windows_as_same_says(built):
    for size, stride in product(range(1, 8), range(1, 4)):
        layer = built(MaxPool2d(kernel=3, stride=stride, padding="same"), (size, 4, 1))
        assert layer.out_size == (-(-size // stride), -(-4 // stride))


@pytest.mark.parametrize("cls", [MaxPool2d, AveragePool2d])
def test_what_does_not_fit_is_refused(built, cls):
    with pytest.raises(ShapeError, match=r"takes one image \(height, width, channels\) per sample, got \(7,\)"):
        built(cls(), (7,))
    with pytest.raises(ShapeError, match="a kernel that reaches over 5 does not fit into 4"):
        built(cls(kernel=5), (4, 9, 1))
    with pytest.raises(ShapeError, match="a window meets nothing but padding: 6 rows of it around 4"):
        built(cls(padding=(3, 0)), (4, 4, 1)) if cls is MaxPool2d else built(cls(padding=(3, 3, 0, 0)), (4, 4, 1))
    with pytest.raises(UsageError):
        make(cls, {"kernel": 0})


def grid(cls):
    """Options of every kind, on an odd and an even size."""
    own = (
        {"dilation": (1, (1, 2))} if cls is MaxPool2d else {"count_include_pad": (True, False)}
    )  # what only this one has
    kinds = {
        "kernel": (2, (3, 2)), "stride": (None, (1, 2), 3), "padding": ("valid", 1, "same", (1, 0, 0, 1)),
        "ceil_mode": (False, True), **own,
    }  # fmt: skip
    for values, size in product(product(*kinds.values()), ((5, 7), (6, 4))):
        yield dict(zip(kinds, values, strict=True)), (*size, 2)


@pytest.fixture
def torch():
    """On one thread: several wait for each other when the machine is busy, and there is nothing here to share."""
    module = pytest.importorskip("torch")
    before = module.get_num_threads()
    module.set_num_threads(1)
    yield module
    module.set_num_threads(before)


@pytest.mark.parametrize("cls", [MaxPool2d, AveragePool2d])
def test_torch_gives_the_same(built, cls, torch):
    from nnlab.backends.torch.layers import TORCH_LAYERS

    generator = np.random.default_rng(0)
    for options, shape in grid(cls):
        layer, ctx = built(make(cls, options), shape), Context(training=True)
        x = generator.integers(-2, 3, (1, *shape)).astype(float)  # many equal; a batch of one
        given = torch.tensor(x, requires_grad=True)
        expected = TORCH_LAYERS.of(cls)(layer, {}, given, ctx=ctx)
        y, cache = layer.forward(x, ctx=ctx)
        np.testing.assert_allclose(y, expected.detach(), rtol=1e-14, atol=1e-14, err_msg=str((options, shape)))
        dy = generator.standard_normal(y.shape)
        expected.backward(torch.tensor(dy))
        (dx,) = layer.backward(dy, cache, ctx)
        np.testing.assert_allclose(dx, given.grad, rtol=1e-13, atol=1e-14, err_msg=str((options, shape)))


@pytest.mark.parametrize("cls", [MaxPool2d, AveragePool2d])
@pytest.mark.parametrize("opset", [10, 17])
@pytest.mark.usefixtures("torch")
def test_every_engine_gives_the_same(cls, opset):
    pytest.importorskip("onnxruntime")
    from nnlab.onnx.backends.engines import ENGINES
    from nnlab.onnx.write.export import Form, to_onnx
    from nnlab.onnx.write.verify import opened

    every = list(grid(cls))
    for options, shape in every[opset % 11 :: 11]:  # an eleventh of them for each version
        graph = Graph(emits="logits")
        graph.add("pool", make(LAYERS.get(cls.__name__), options))
        graph.build(shape, rng=Rng(0), dtype=np.float32)
        x = np.random.default_rng(1).standard_normal((3, *shape), np.float32)
        y, _ = forward(graph, x, Context())
        model = to_onnx(graph, Form(opset=opset))
        for engine in ("numpy", "onnxruntime", "torch"):
            got = opened(ENGINES[engine], model)(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))
            np.testing.assert_allclose(got, y, rtol=1e-5, atol=1e-6, err_msg=f"{engine} {options} {shape}")
