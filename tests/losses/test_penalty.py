import numpy as np
import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.core.errors import UsageError
from nnlab.core.parameter import Parameter
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.penalty import CHUNK, Penalty, small_weights
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head


def parameters(dtype=np.float64):
    weight = Parameter("weight", np.array([[1, -2], [3, 0]], dtype))
    return weight, Parameter("bias", np.array([5], dtype), penalised=False)


def test_value_by_hand_leaves_out_what_is_not_penalised():
    assert Penalty(weight_decay=0.5).value(parameters()) == 0.25 * (1 + 4 + 9)


def test_gradient_is_added_to_what_is_there():
    weight, bias = parameters(np.float32)
    weight.add(np.ones((2, 2), np.float32))
    Penalty(weight_decay=0.5).add_gradient((weight, bias))
    assert weight.grad.dtype == np.float32
    np.testing.assert_array_equal(weight.grad, np.array([[1.5, 0], [2.5, 1]], np.float32))
    np.testing.assert_array_equal(bias.grad, np.zeros(1, np.float32))


@pytest.mark.parametrize("shape", [(CHUNK + 7,), (3, CHUNK)])
def test_large_parameters_are_done_to_the_last_element(shape):
    weight = Parameter("weight", np.random.default_rng(0).standard_normal(shape))
    Penalty(weight_decay=0.1).add_gradient([weight])
    np.testing.assert_array_equal(weight.grad, 0.1 * weight.value)


def test_gradient_of_a_transposed_parameter():
    weight = Parameter("weight", np.arange(6.0).reshape(2, 3).T)
    Penalty(weight_decay=2.0).add_gradient([weight])
    np.testing.assert_array_equal(weight.grad, 2 * weight.value)


def test_the_gradient_is_the_values_derivative():
    """The reference's did not match: (d/dw) weight_decay / 2 w^2 = weight_decay w."""
    weight = Parameter("weight", np.array([1.5]))
    penalty = Penalty(weight_decay=0.3)
    penalty.add_gradient([weight])
    above, below = (penalty.value([Parameter("weight", np.array([1.5 + h]))]) for h in (1e-4, -1e-4))
    assert weight.grad[0] == pytest.approx((above - below) / 2e-4, rel=1e-9)  # exact for a parabola, but for rounding


def test_no_decay_costs_nothing_and_touches_no_gradient():
    weight, _ = parameters()
    assert Penalty().value([weight]) == 0
    Penalty().add_gradient([weight])
    np.testing.assert_array_equal(weight.grad, np.zeros((2, 2)))


def test_a_negative_price_is_refused():
    with pytest.raises(UsageError, match=r"Penalty\.weight_decay"):
        Penalty(weight_decay=-1)


def test_absolute_values_by_hand():
    weight, bias = parameters()
    both = Penalty(weight_decay=0.5, l1=0.1)
    assert both.value((weight, bias)) == 0.25 * 14 + 0.1 * 6
    both.add_gradient((weight, bias))
    np.testing.assert_array_equal(weight.grad, [[0.5 + 0.1, -1 - 0.1], [1.5 + 0.1, 0]])  # at 0 it lets a weight rest
    np.testing.assert_array_equal(bias.grad, [0])


@pytest.mark.parametrize("shape", [(CHUNK + 7,), (3, CHUNK)])
def test_absolute_values_of_large_parameters_are_summed_to_the_last(shape):
    weight = Parameter("weight", np.random.default_rng(0).standard_normal(shape))
    assert Penalty(l1=2.0).value([weight]) == pytest.approx(2 * np.abs(weight.value).sum(), rel=1e-12)
    Penalty(l1=2.0).add_gradient([weight])
    np.testing.assert_array_equal(weight.grad, 2 * np.sign(weight.value))


def test_small_weights_are_counted_among_those_that_are_penalised():
    weight, bias = parameters()
    values = {"weight": np.array([[1, -9e-4], [0, 1e-3]]), "bias": np.zeros(1)}
    assert small_weights((weight, bias), values) == {"below": 1e-3, "share": 0.5, "zero": 0.25}
    assert small_weights((bias,), values)["share"] is None


def test_weights_that_the_loss_has_no_need_of_come_to_about_zero():
    """Of forty features two tell the class."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((200, 40))
    batch = labelled(x, np.eye(2)[(x[:, 0] + x[:, 1] > 0).astype(int)])
    shares = []
    for l1 in (0.0, 1e-3):
        graph = NLayers(layers=(20,), batch_norm=False, output_batch_norm=False).graph((40,), one_head(2))
        graph.build((40,), rng=Rng(0), dtype=np.float64)
        learner = NumpyLearner(graph, loss=CrossEntropy(), optimizer=Optimizer(Adam(), learning_rate=0.003, l1=l1))
        for _ in range(400):
            learner.learn(batch, rng=Rng(0), epoch=0, epochs=1)
        shares.append(small_weights(graph.parameters, learner.held())["share"])
    assert shares[1] > 5 * shares[0] and shares[1] > 0.2
