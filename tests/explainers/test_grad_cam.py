"""Grad-CAM: by hand, alike on both backends, and what it refuses."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.explainers.base import Question
from nnlab.explainers.grad_cam import GradCam, stretched
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.models.graph import Graph
from nnlab.models.hand_slopes import HandSlopes
from nnlab.models.n_layers import NLayers
from nnlab.models.small_cnn import SmallCnn
from nnlab.testing.batches import one_head

SHAPE = (16, 12, 3)


def asked(dtype: type = np.float64, chosen: int = 1) -> Question:
    x = Rng(0).at("x").generator().random(SHAPE).astype(dtype)
    return Question(x, chosen, np.zeros(3))


def small(dtype: type = np.float64) -> Graph:
    return SmallCnn(widths=(4, 6)).graph(SHAPE, one_head(3)).build(SHAPE, rng=Rng(2), dtype=dtype)


def test_by_hand() -> None:
    """A is (2, 2, 2); the score is a sum over it, so alpha is the mean of the weights over places."""
    graph = Graph(emits="logits")
    graph.add("a", Conv2d(maps=2, kernel=1, padding="valid", bias=False))
    graph.add("flat", Flatten())
    graph.add("score", Dense(units=1, bias=False))
    graph.build((2, 2, 1), rng=Rng(0), dtype=np.float64)
    graph.held()["a.weight"][...] = np.array([1.0, -1.0]).reshape(graph.held()["a.weight"].shape)
    graph.held()["score.weight"][:, 0] = [4, 1, 0, 1, 2, 0, 2, 2]  # of map 0: 4, 0, 2, 2; of map 1: 1, 1, 0, 2
    x = np.array([[1.0, 2.0], [3.0, -4.0]])[:, :, None]
    found = GradCam(layer="a").explain(HandSlopes(graph), Question(x, 0, np.zeros(1)))
    # alpha = 2 and 1; 2 x - x = x, of which what is below 0 is cut off
    np.testing.assert_allclose(found.weights, [[1, 2], [3, 0]], atol=1e-15)
    assert found.facts == {"layer": "a", "layer_shape": [2, 2, 2]}


def test_a_map_grows_by_bilinear_interpolation() -> None:
    """Pixels' middles lie a quarter apart of those of the map, whose outermost ones go on."""
    np.testing.assert_allclose(stretched(np.array([[0.0, 4.0]]), 1, 4), [[0, 1, 3, 4]])
    np.testing.assert_allclose(stretched(np.full((3, 2), 5.0), 7, 9), np.full((7, 9), 5.0))


def test_the_last_layer_with_places_is_looked_at_by_default_before_it_is_pooled() -> None:
    network = HandSlopes(small())
    assert GradCam().layer_of(network) == "activation_2"
    found = GradCam().explain(network, asked())
    assert found.facts["layer"] == "activation_2" and "activation_2 (8 x 6)" in found.words
    assert GradCam(layer="conv_1").explain(network, asked()).facts["layer_shape"] == [16, 12, 4]


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_both_backends_draw_the_same_map(torch_installed: None, dtype: type, tolerance: float) -> None:
    """As a share of the largest number: in float32 sums of some hundred products in another order differ by 1e-6."""
    from nnlab.backends.torch.devices import CPU
    from nnlab.backends.torch.slopes import TorchSlopes

    for layer in ("conv_1", "activation_2", "pool_2"):
        ours = GradCam(layer=layer).explain(HandSlopes(small(dtype)), asked(dtype)).weights
        theirs = GradCam(layer=layer).explain(TorchSlopes(small(dtype), device=CPU), asked(dtype)).weights
        assert ours.max() > 0
        assert np.abs(ours - theirs).max() <= tolerance * ours.max()


def test_a_network_without_places_is_refused() -> None:
    graph = NLayers(layers=(4,)).graph((16,), one_head(3)).build((16,), rng=Rng(0), dtype=np.float32)
    with pytest.raises(UsageError, match=r"no layer whose output has height and width; .*IntegratedGradients"):
        GradCam().refuse(HandSlopes(graph), (4, 4, 1))


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("pool_3", r"is no layer of this network; did you mean pool_2"),
        ("output", "gives 3, which has no height and width above 1; the last one that has is pool_2"),
    ],
)
def test_a_layer_that_cannot_be_looked_at_is_refused(layer: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        GradCam(layer=layer).refuse(HandSlopes(small()), SHAPE)
