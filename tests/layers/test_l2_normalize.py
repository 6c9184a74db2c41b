import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.rng import Rng
from nnlab.layers.l2_normalize import L2Normalize
from nnlab.models.graph import Graph
from nnlab.testing.batches import backward, forward


def built(shape, dtype=np.float64):
    graph = Graph(emits="vectors")
    graph.add("direction", L2Normalize())
    return graph.build(shape, rng=Rng(0), dtype=dtype)


def test_by_hand():
    graph = built((2,))
    y, tape = forward(graph, np.array([[3.0, 4.0]]), Context())
    np.testing.assert_allclose(y, [[0.6, 0.8]])
    dx = backward(graph, np.array([[1.0, 0.0]]), tape, Context(), needs_dx=True)
    np.testing.assert_allclose(dx, [[(1 - 0.36) / 5, -0.48 / 5]])


def test_nothing_has_no_direction_and_a_finite_gradient():
    graph = built((2,))
    y, tape = forward(graph, np.zeros((1, 2)), Context())
    assert not y.any()
    assert np.isfinite(backward(graph, np.ones((1, 2)), tape, Context(), needs_dx=True)).all()


def test_a_vector_at_every_place():
    y, _ = forward(built((2, 3, 4)), np.random.default_rng(0).standard_normal((5, 2, 3, 4)), Context())
    np.testing.assert_allclose(np.linalg.norm(y, axis=-1), 1)


def test_a_single_number_is_no_vector():
    with pytest.raises(ShapeError, match="takes one input with channels"):
        L2Normalize().build((), new=None)
