import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.rng import Rng
from nnlab.layers.cosine_similarity import CosineSimilarity
from nnlab.models.graph import Graph
from nnlab.testing.batches import forward


def built():
    graph = Graph(emits="cosines")
    graph.add("cosines", CosineSimilarity(units=2))
    return graph.build((2,), rng=Rng(0), dtype=np.float64)


def test_by_hand():
    graph = built()
    graph.load_state({"cosines.weight": np.array([[2.0, 0.0], [0.0, -0.5]])})  # a unit's direction in each column
    y, _ = forward(graph, np.array([[3.0, 4.0], [0.0, 7.0]]), Context())
    np.testing.assert_allclose(y, [[0.6, -0.8], [0, -1]])


def test_lengths_do_not_count():
    graph, x = built(), np.random.default_rng(0).standard_normal((3, 2))
    before, _ = forward(graph, x, Context())
    graph.load_state({"cosines.weight": 7 * graph.state()["cosines.weight"]})
    np.testing.assert_allclose(forward(graph, 3 * x, Context())[0], before)


def test_images_are_refused():
    with pytest.raises(ShapeError, match="one vector per sample"):
        CosineSimilarity(units=2).build((2, 3, 4), new=None)
