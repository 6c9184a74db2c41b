"""Maps of pictures of any size: tiles have no seams, and networks without padding give all of a picture."""

import numpy as np
import pytest

from nnlab.backends.numpy import Numpy
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.experiment.wide import Wide
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.base import Model
from nnlab.models.small_cnn import SmallCnn
from nnlab.models.u2_net_p import U2NetP
from nnlab.models.u_net import UNet
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.constant import Constant
from nnlab.tasks.classification import Classification
from nnlab.tasks.segmentation import Segmentation

NAMES = ("a", "b", "c")


def wide(model: Model, shape, tile=None, task=None) -> Wide:
    task = task or Segmentation()
    network = model.network(shape, task.heads(NAMES, shape)).build(shape, rng=Rng(0), dtype=np.float64)
    learner = Numpy.of(network, loss=CrossEntropy(), optimizer=Optimizer(rule=Adam(), schedule=Constant()))
    return Wide.of(learner, network, task, NAMES, tile)


@pytest.mark.parametrize("size", [(100, 130), (97, 75), (64, 200)])
@pytest.mark.parametrize("tile", [16, 40])
def test_tiles_are_the_whole_without_seams(size, tile):
    model = UNet(base=2, depth=3, activation="Tanh")
    x = np.random.default_rng(0).random((1, *size, 3))
    whole, tiled = (wide(model, (32, 32, 3), cut).outputs(x)[OUTPUT] for cut in (None, tile))
    assert whole.shape == (1, *size, 3)
    np.testing.assert_allclose(tiled, whole, rtol=0, atol=1e-12)  # float64, summed in another order


def test_a_network_without_padding_gives_all_of_a_picture_mirrored_at_its_edges():
    model = UNet(base=2, depth=2, padding="valid", batch_norm=False)
    one = wide(model, (20, 20, 1))
    x = np.random.default_rng(0).random((2, 21, 30, 1))
    y = one.outputs(x)[OUTPUT]
    assert y.shape == (2, 21, 30, 3)
    inner = one.learner.predict(x[:, :20])[OUTPUT]  # of the middle, which needs no mirror
    np.testing.assert_allclose(y[:, 8:12, 8:22], inner, rtol=0, atol=1e-12)
    mirrored = one.outputs(x[:, ::-1])[OUTPUT]
    assert not np.allclose(mirrored[:, ::-1], y)  # pools lie otherwise: it is no symmetry of the network


def test_what_has_no_tiles_says_so():
    with pytest.raises(UsageError, match="--tile: every place of its map sees more"):
        wide(U2NetP(maps=2, inner=1), (64, 64, 3), 32)
    with pytest.raises(UsageError, match="--tile: is for networks that give a map as large"):
        wide(SmallCnn(widths=(2, 2), global_pooling=True), (32, 32, 3), 32, Classification())
    with pytest.raises(UsageError, match="--tile: is for networks that give a map as large"):
        wide(UNet(base=2, depth=1, padding="valid"), (32, 32, 3), 32)


def test_a_dense_layer_over_places_is_of_one_size():
    one = wide(SmallCnn(widths=(2, 2), global_pooling=False), (32, 32, 3), task=Classification())
    with pytest.raises(ShapeError, match="Dense has a weight of"):
        one.outputs(np.zeros((1, 40, 40, 3)))
