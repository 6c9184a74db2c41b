"""Networks from ONNX files are explained as others are: their own nodes are layers to look at."""

from typing import Any

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.explainers.base import Question
from nnlab.explainers.grad_cam import GradCam
from nnlab.models.hand_slopes import HandSlopes
from nnlab.models.node import INPUT
from nnlab.models.slopes import Slopes
from nnlab.models.small_cnn import SmallCnn
from nnlab.onnx.model import Onnx
from nnlab.onnx.write.export import Form, to_onnx
from nnlab.testing.batches import one_head

IMAGE, CHOSEN = (8, 8, 3), np.array([1, 2])


def built(path: Any, **options: Any) -> Any:
    graph = Onnx(onnx_model=str(path), **options).graph(IMAGE, one_head(3))
    return graph.build(IMAGE, rng=Rng(0), dtype=np.float64)


def on_torch(graph: Any) -> Slopes:
    from nnlab.backends.torch.devices import CPU
    from nnlab.backends.torch.slopes import TorchSlopes

    return TorchSlopes(graph, device=CPU)


def samples() -> np.ndarray:
    return Rng(3).generator().random((2, *IMAGE))


def test_inner_nodes_have_places_channels_last(convolutional: Any) -> None:
    places = HandSlopes(built(convolutional())).places
    assert places and all(name.startswith("onnx/") and len(shape) == 3 for name, shape in places.items())
    layer = GradCam().layer_of(HandSlopes(built(convolutional())))
    found = GradCam().explain(HandSlopes(built(convolutional())), Question(samples()[0], 1, np.zeros(3)))
    assert found.facts["layer"] == layer and found.facts["layer_shape"] == list(places[layer])


def test_a_file_with_the_channels_last_shows_what_has_its_axes_by_definition(tmp_path: Any) -> None:
    """What `nnlab export` writes: a Transpose before and after each convolution."""
    graph = SmallCnn(widths=(3, 2)).graph(IMAGE, one_head(3)).build(IMAGE, rng=Rng(0), dtype=np.float32)
    (tmp_path / "own.onnx").write_bytes(to_onnx(graph, Form()).SerializeToString())
    network = HandSlopes(built(tmp_path / "own.onnx"))
    shapes = {name.removeprefix("onnx/").split("/")[0]: shape for name, shape in network.places.items()}
    assert shapes["conv_1"] == (8, 8, 3) and shapes["batch_norm_2"] == (4, 4, 2) and shapes["pool_2"] == (2, 2, 2)
    assert "activation_1" not in shapes  # after a Transpose: of its axes nothing is known


def test_the_gradient_of_the_input_is_that_of_differences(convolutional: Any) -> None:
    network, x, way = HandSlopes(built(convolutional())), samples(), Rng(4).generator().standard_normal((2, *IMAGE))
    slope = network.at(INPUT, x, CHOSEN)
    ends = [network.scores(x + side * 5e-7 * way)[[0, 1], CHOSEN].sum() for side in (1, -1)]
    assert (slope.gradients * way).sum() == pytest.approx((ends[0] - ends[1]) / 1e-6, rel=1e-5, abs=1e-8)


def test_both_engines_agree_at_every_inner_node(convolutional: Any, torch_installed: None) -> None:
    graph, x = built(convolutional()), samples()
    ours, theirs = HandSlopes(graph), on_torch(graph)
    assert ours.places == theirs.places
    for node in ours.places:
        one, other = ours.at(node, x, CHOSEN), theirs.at(node, x, CHOSEN)
        assert one.values.shape == other.values.shape == (2, *ours.places[node])
        np.testing.assert_allclose(other.values, one.values, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(other.gradients, one.gradients, rtol=1e-10, atol=1e-10)


def test_weights_of_a_file_are_shuffled(convolutional: Any) -> None:
    network = HandSlopes(built(convolutional()))
    before, after = network.graph.held()["onnx.conv.weight"], network.redrawn(Rng(1)).graph.held()["onnx.conv.weight"]
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(np.sort(before.ravel()), np.sort(after.ravel()))


def test_a_frozen_file_gives_its_input_a_gradient_by_hand_alone(convolutional: Any, torch_installed: None) -> None:
    from nnlab.core.errors import UsageError

    graph, x = built(convolutional(), new_head=True, freeze=("backbone",)), samples()
    assert HandSlopes(graph).at(INPUT, x, CHOSEN).gradients.any()
    with pytest.raises(UsageError, match="no gradient comes back through a network that is frozen, on torch"):
        on_torch(graph).at(INPUT, x, CHOSEN)
