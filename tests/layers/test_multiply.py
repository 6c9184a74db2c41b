import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.multiply import Multiply


def test_a_gate_for_each_channel_by_hand(training):
    x, gate = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([[10.0, 0.5]])
    y, cache = Multiply().forward(x, gate, ctx=training)
    np.testing.assert_array_equal(y, [[[[10, 1], [30, 2]]]])
    dx, dgate = Multiply().backward(np.array([[[[1.0, 1.0], [2.0, 3.0]]]]), cache, training)
    np.testing.assert_array_equal(dx, [[[[10, 0.5], [20, 1.5]]]])
    np.testing.assert_array_equal(dgate, [[1 * 1 + 2 * 3, 1 * 2 + 3 * 4]])


def test_a_batch_as_large_as_the_height_is_not_mistaken_for_it(training):
    x, gate = np.ones((2, 2, 2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])
    y, _ = Multiply().forward(x, gate, ctx=training)
    np.testing.assert_array_equal(y[1, :, :, 0], [[3, 3], [3, 3]])
    np.testing.assert_array_equal(y[0, :, :, 1], [[2, 2], [2, 2]])


@pytest.mark.parametrize("shapes", [((2,),), ((2, 2, 3), (2,)), ((2, 2, 3), (2, 3)), ((3,), (3,), (3,))])
def test_gates_that_do_not_fit_are_refused(built, shapes):
    with pytest.raises(ShapeError, match="Multiply takes values and a gate"):
        built(Multiply(), *shapes)
