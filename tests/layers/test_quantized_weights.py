import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.layers.quantized_weights import QuantizedWeights
from nnlab.models.values import DrawnValues


def test_by_hand_with_the_gradient_of_the_weights_as_they_are(training) -> None:
    layer = QuantizedWeights.of(Dense(units=2))
    values = DrawnValues("node", Rng(0), np.dtype(np.float64))
    assert layer.build((2,), new=values) == (2,)
    assert list(values.parameters) == ["node.weight", "node.bias"]
    weight, bias = values.parameters["node.weight"], values.parameters["node.bias"]
    weight.value[:] = [[1.27, 0.3], [0.016, -2.54]]  # scales 0.01 and 0.02: codes 127, 2 and 15, -127
    bias.value[:] = [1, 2]
    x, dy = np.array([[1.0, 10.0]]), np.array([[1.0, 1.0]])
    y, cache = layer.forward(x, ctx=training)
    np.testing.assert_allclose(y, [[1.27 + 0.2 + 1, 0.3 - 25.4 + 2]], rtol=1e-14)
    (dx,) = layer.backward(dy, cache, training)
    np.testing.assert_allclose(dx, [[1.27 + 0.3, 0.02 - 2.54]], rtol=1e-14)  # by the rounded ones
    np.testing.assert_array_equal(weight.grad, [[1, 1], [10, 10]])
    np.testing.assert_array_equal(bias.grad, [1, 1])
    np.testing.assert_array_equal(weight.value, [[1.27, 0.3], [0.016, -2.54]])


def test_options_and_costs_are_the_layers() -> None:
    layer = QuantizedWeights.of(Conv2d(maps=4, kernel=(3, 1), bias=False))
    assert layer.options()["layer_options"]["kernel"] == (3, 1)
    plain = Conv2d(maps=4, kernel=(3, 1), bias=False)
    for each in (layer, plain):
        each.build((6, 5, 2), new=DrawnValues("node", Rng(0), np.dtype(np.float32)))
    assert layer.multiply_adds(((6, 5, 2),), (6, 5, 4)) == plain.multiply_adds(((6, 5, 2),), (6, 5, 4))
    assert layer.reach(((6, 5, 2),), (6, 5, 4)) == plain.reach(((6, 5, 2),), (6, 5, 4))


def test_a_layer_without_weights_is_refused() -> None:
    with pytest.raises(UsageError, match=r"QuantizedWeights.layer=ReLU: has no weights to quantise"):
        QuantizedWeights(layer="ReLU")
