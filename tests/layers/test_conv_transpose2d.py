import numpy as np
import pytest

from nnlab.backends.base import Engine
from nnlab.backends.numpy import Numpy
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.rng import Rng
from nnlab.kernels.images import columns, winograd
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.conv_transpose2d import ConvTranspose2d
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.models.graph import Graph
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer


def test_one_pixel_is_spread_over_a_window_and_neighbours_add_up(built, training):
    layer = built(ConvTranspose2d(maps=1, kernel=3, stride=2, padding="valid"), (1, 2, 1))
    layer.weight.value[:, :, 0, 0] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    layer.shift.value[:] = 100
    y, cache = layer.forward(np.array([1.0, 10]).reshape(1, 1, 2, 1), ctx=training)
    np.testing.assert_array_equal(y[0, :, :, 0] - 100, [[1, 2, 13, 20, 30], [4, 5, 46, 50, 60], [7, 8, 79, 80, 90]])
    (dx,) = layer.backward(np.ones(y.shape), cache, training)
    np.testing.assert_array_equal(dx.ravel(), [45, 45])
    np.testing.assert_array_equal(layer.weight.grad[:, :, 0, 0], np.full((3, 3), 11))
    np.testing.assert_array_equal(layer.shift.grad, [15])


@pytest.mark.parametrize("padding", ["same", "valid", 1, (1, 0, 2, 1)])
def test_it_is_the_gradient_of_a_convolution(padding, built, training):
    options = {"kernel": (3, 2), "stride": (2, 1), "padding": padding}
    layer = built(ConvTranspose2d(maps=3, bias=False, **options), (4, 5, 2))
    generator = np.random.default_rng(0)
    x = generator.standard_normal((2, 4, 5, 2))
    y, _ = layer.forward(x, ctx=training)
    (top, bottom), (left, right) = layer.window.pads
    forward = built(Conv2d(maps=2, bias=False, **options | {"padding": (top, bottom, left, right)}), y.shape[1:])
    forward.weight.value[...] = layer.weight.value
    _, cache = forward.forward(np.zeros(y.shape), ctx=training)
    (dx,) = forward.backward(x, cache, training)
    np.testing.assert_allclose(y, dx, rtol=1e-12, atol=1e-12)  # the same sums


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_same_gives_stride_times_as_many(kernel, stride, built):
    layer = built(ConvTranspose2d(maps=1, kernel=kernel, stride=stride), (3, 4, 1))
    assert layer.size == (3 * stride, 4 * stride)
    assert layer.window.out_size(layer.size) == (3, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"maps": 2, "output_padding": 2, "padding": 0}, "an output padding of 2 is not less than the stride, 2"),
        ({"maps": 3, "groups": 2}, "2 groups do not divide 3 maps"),
        ({"maps": 2, "padding": 9}, "its padding cuts off all of an image of 3 x 4"),
    ],
)
def test_what_does_not_fit_is_said(built, options, message):
    with pytest.raises(ShapeError, match=message):
        built(ConvTranspose2d(**options), (3, 4, 2))


def test_padding_below_none_is_refused(built):
    with pytest.raises(UsageError, match="padding must be at least 0, got -1"):
        built(ConvTranspose2d(maps=2, padding=-1), (3, 4, 2))


@pytest.mark.parametrize(
    "layer",
    [
        ConvTranspose2d(maps=4),
        Conv2d(maps=8),
        Conv2d(maps=8, form="winograd"),
        Conv2d(maps=8, groups=8),
        Conv2d(maps=4, groups=2, stride=2),
        Conv2d(maps=4, kernel=1),
    ],
    ids=repr,
)
def test_a_batch_of_no_samples_passes(layer, built, training):
    layer = built(layer, (5, 6, 8))
    x = np.zeros((0, 5, 6, 8))
    y, cache = layer.forward(x, ctx=training)
    (dx,) = layer.backward(np.zeros(y.shape), cache, training)
    assert dx.shape == x.shape
    assert not layer.weight.grad.any()


@pytest.mark.parametrize("cls", [Conv2d, ConvTranspose2d])
def test_a_form_that_is_said_is_the_one_that_computes_its_gradients(cls, built, training, monkeypatch):
    done = []
    for module in (columns, winograd):
        name = module.__name__.rpartition(".")[2]
        for what in ("forward", "backward"):
            plain = getattr(module, what)
            monkeypatch.setattr(module, what, lambda *a, f=plain, n=name, **o: done.append(n) or f(*a, **o))
    for form in ("columns", "winograd"):
        layer = built(cls(maps=32, kernel=3, stride=1, form=form), (64, 64, 32))  # where "auto" takes Winograd's
        x = np.ones((2, 64, 64, 32))
        y, cache = layer.forward(x, ctx=training)
        layer.backward(y, cache, training)
        assert set(done) == {form}
        assert (layer.rounding() > 1) == (form == "winograd")
        assert layer.defined().form == "columns"
        done.clear()


@pytest.mark.parametrize(
    ("engine", "expected"), [("auto", ["columns", "auto"]), ("winograd", ["winograd", "winograd"])]
)
def test_an_engine_that_says_no_form_leaves_what_layers_say(engine, expected):
    graph = Graph()
    graph.add("said", Conv2d(maps=2, form="columns"))
    graph.add("unsaid", ConvTranspose2d(maps=2))
    graph.build((4, 4, 1), rng=Rng(0), dtype="float64")
    engine = Engine(threads=1, convolution=engine)
    Numpy.of(graph, loss=MeanSquaredError(), optimizer=Optimizer(Adam()), engine=engine)
    assert [node.layer.form for node in graph.nodes] == expected
