import numpy as np
import pytest

from nnlab.core.errors import ShapeError
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.global_max_pool import GlobalMaxPool

X = np.array([[[[1.0, 8.0], [2.0, -1.0]], [[3.0, 8.0], [6.0, 5.0]]]])


def test_the_mean_by_hand(training):
    y, cache = GlobalAveragePool().forward(X, ctx=training)
    np.testing.assert_array_equal(y, [[3, 5]])
    (dx,) = GlobalAveragePool().backward(np.array([[4.0, 8.0]]), cache, training)
    np.testing.assert_array_equal(dx, np.broadcast_to([1.0, 2.0], X.shape))


def test_the_largest_by_hand_and_the_first_of_several(training):
    y, cache = GlobalMaxPool().forward(X, ctx=training)
    np.testing.assert_array_equal(y, [[6, 8]])
    (dx,) = GlobalMaxPool().backward(np.array([[4.0, 8.0]]), cache, training)
    np.testing.assert_array_equal(dx, [[[[0, 8], [0, 0]], [[0, 0], [4, 0]]]])


def test_of_equal_values_torch_takes_the_first_too():
    torch = pytest.importorskip("torch")
    from nnlab.backends.torch.layers.pooling import global_max_pool
    from nnlab.core.context import Context

    x = torch.tensor(X, requires_grad=True)
    global_max_pool(GlobalMaxPool(), {}, x, ctx=Context()).sum().backward()
    np.testing.assert_array_equal(x.grad, [[[[0, 1], [0, 0]], [[0, 0], [1, 0]]]])


@pytest.mark.parametrize("cls", [GlobalAveragePool, GlobalMaxPool])
@pytest.mark.parametrize("shapes", [((2,),), ((0, 2, 3),), ((2, 2, 3), (2, 2, 3))])
def test_without_places_they_are_refused(built, cls, shapes):
    with pytest.raises(ShapeError, match=f"{cls.__name__} takes one image per sample"):
        built(cls(), *shapes)
