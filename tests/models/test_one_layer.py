"""OneLayer: softmax regression, its softmax left to the loss."""

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.models.base import MODELS
from nnlab.models.one_layer import OneLayer
from nnlab.testing.batches import forward, one_head


def test_it_gives_logits_of_one_product() -> None:
    graph = OneLayer().graph((2, 3, 1), one_head(4)).build((2, 3, 1), rng=Rng(0), dtype=np.float32)
    x = Rng(1).generator().random((5, 2, 3, 1), dtype=np.float32)
    y, _ = forward(graph, x, Context())
    assert graph.outlet.emits == "logits" and y.shape == (5, 4) and y.dtype == np.float32
    state = graph.state()
    np.testing.assert_allclose(y, x.reshape(5, 6) @ state["output.weight"] + state["output.bias"], rtol=1e-6)


def test_its_initializer_is_an_option_that_is_checked() -> None:
    graph = OneLayer(initializer="zero").graph((6,), one_head(4)).build((6,), rng=Rng(0), dtype=np.float64)
    assert not graph.state()["output.weight"].any()
    with pytest.raises(UsageError, match=r"OneLayer.initializer: .*did you mean Zero"):
        OneLayer(initializer="zer")


def test_it_is_registered() -> None:
    assert MODELS.get("one_layer") is OneLayer
