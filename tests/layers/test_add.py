import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.add import Add


def test_three_inputs_by_hand(training):
    xs = [np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]]), np.array([[100.0, 200.0]])]
    y, cache = Add().forward(*xs, ctx=training)
    np.testing.assert_array_equal(y, [[111, 222]])
    dxs = Add().backward(np.array([[3.0, 4.0]]), cache, training)
    assert len(dxs) == 3
    for dx in dxs:
        np.testing.assert_array_equal(dx, [[3, 4]])


@pytest.mark.parametrize("shapes", [((2,),), ((2,), (3,)), ((2,), (2, 1))])
def test_inputs_that_do_not_fit_are_refused(built, shapes):
    with pytest.raises(ShapeError, match="Add takes two or more inputs of one shape"):
        built(Add(), *shapes)
