import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.rng import Rng
from nnlab.layers.rescale import Rescale
from nnlab.models.graph import Graph
from nnlab.testing.batches import backward, forward


def built(**options):
    graph = Graph(emits="values")
    graph.add("units", Rescale(**options))
    return graph.build((2,), rng=Rng(0), dtype=np.float64)


def test_by_hand():
    graph = built(spread=(10.0, 0.5), centre=(1.0, -2.0))
    y, tape = forward(graph, np.array([[1.0, 2.0]]), Context())
    np.testing.assert_array_equal(y, [[11.0, -1.0]])
    dx = backward(graph, np.array([[3.0, 4.0]]), tape, Context(), needs_dx=True)
    np.testing.assert_array_equal(dx, [[30.0, 2.0]])


def test_its_numbers_are_kept_with_the_weights_and_loaded_over_what_the_options_say():
    state = built(spread=(10.0, 0.5), centre=(1.0, -2.0)).state()
    other = built()
    other.load_state(state)
    twin = other.astype(np.float32)
    y, _ = forward(twin, np.array([[1.0, 2.0]], np.float32), Context())
    np.testing.assert_array_equal(y, [[11.0, -1.0]])
    assert not twin.parameters


def test_another_number_of_channels_is_refused():
    with pytest.raises(ShapeError, match="spread has 3 numbers"):
        built(spread=(1.0, 2.0, 3.0))
