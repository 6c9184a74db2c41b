"""The product of a network's strides."""

import numpy as np
import pytest

from nnlab.models.coarseness import coarseness
from nnlab.models.mb_conv_net import MBConvNet
from nnlab.models.n_layers import NLayers
from nnlab.models.small_cnn import SmallCnn
from nnlab.testing.batches import one_head


@pytest.mark.parametrize(
    ("model", "shape", "expected"),
    [
        (MBConvNet(preset="C"), (64, 64, 3), 16),
        (MBConvNet(preset="B0"), (64, 64, 3), 32),
        (SmallCnn(global_pooling=True), (32, 32, 3), 8),
        (SmallCnn(), (32, 32, 3), 1),  # its dense layer sees all places: it is of one size
        (NLayers(), (12,), 1),
    ],
)
def test_strides(model: MBConvNet | SmallCnn | NLayers, shape: tuple[int, ...], expected: int) -> None:
    network = model.network(shape, one_head(4)).build(shape, rng=None, dtype=np.float32)
    assert coarseness(network) == expected
