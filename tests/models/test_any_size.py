"""Networks at other sizes: the same weights in the same memory, or why not."""

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.rng import Rng
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.losses.base import Term
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.models.base import Model
from nnlab.models.centre_net import CentreNet
from nnlab.models.graph import SIZES, Graph
from nnlab.models.objective import Objective
from nnlab.models.small_cnn import SmallCnn
from nnlab.models.u2_net_p import U2NetP
from nnlab.models.u_net import UNet

MAP, ROW = Head((None, None, 3)), Head((4,))
SMALL = U2NetP(maps=3, inner=2, heights=(3, 2), dilated=1, dilations=(1, 2))


def network(model: Model, shape: tuple[int, int, int], head: Head) -> Graph:
    return model.network(shape, {OUTPUT: head}).build(shape, rng=Rng(0), dtype=np.float64)


SEVERAL = [UNet(base=2, depth=3), SMALL, CentreNet(base=2, levels=2)]


@pytest.mark.parametrize("model", SEVERAL, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("shape", [(9, 14, 3), (16, 16, 3), (20, 31, 3)])
def test_it_is_the_network_that_is_built_for_that_size_with_these_weights(model, shape):
    own = network(model, (12, 12, 3), MAP)
    other = own.at(shape)
    assert other.in_shape == shape and own.at(shape) is other and own.at((12, 12, 3)) is own
    built = model.graph(shape, {OUTPUT: MAP}).build(shape, rng=Rng(1), dtype=np.float64)
    built.load_state(own.state())
    x = np.random.default_rng(0).random((2, *shape))
    np.testing.assert_array_equal(other.outputs(x, Context())[OUTPUT], built.outputs(x, Context())[OUTPUT])


def test_what_one_learns_the_other_has_and_statistics_are_shared():
    own = network(UNet(base=2, depth=2), (8, 8, 3), MAP)
    other = own.at((6, 10, 3))
    assert [p.name for p in other.parameters] == [p.name for p in own.parameters]
    assert all(one is two for one, two in zip(own.parameters, other.parameters, strict=True))
    assert all(one is two for one, two in zip(own.buffers, other.buffers, strict=True))
    own.freeze(["output.weight"])
    assert [p.name for p in other.frozen] == ["output.weight"]
    assert [p.name for p in own.at((4, 4, 3)).frozen] == ["output.weight"]


def test_without_padding_the_smaller_map_is_computed_and_odd_sizes_are_refused():
    own = network(UNet(base=2, depth=2, padding="valid", batch_norm=False), (20, 20, 1), MAP)
    assert own.out_shape == (4, 4, 3) and own.at((24, 28, 1)).out_shape == (8, 12, 3)
    with pytest.raises(UsageError, match=r"images of 21 rows do not come out .*use 20 or 22 rows"):
        own.at((21, 20, 1))


def test_a_dense_layer_over_all_places_is_named():
    own = network(SmallCnn(widths=(2, 2), global_pooling=False), (16, 16, 3), ROW)
    with pytest.raises(ShapeError) as caught:
        own.at((32, 32, 3))
    said = str(caught.value)
    dense = next(node.name for node in own.nodes if isinstance(node.layer, Dense))
    assert said.startswith(f"node {dense!r}: Dense has a weight of ") and "pictures of 32 x 32" in said
    assert network(SmallCnn(widths=(2, 2), global_pooling=True), (16, 16, 3), ROW).at((32, 32, 3)).out_shape == (4,)


@pytest.mark.parametrize("pooled", [False, True])
def test_as_many_values_of_other_places_are_refused_where_they_are_joined(pooled):
    """A picture that lies on its side has as many pixels: the weights of a dense layer are for other ones."""
    own = network(SmallCnn(widths=(2, 2), global_pooling=pooled), (16, 32, 3), ROW)
    if pooled:
        assert own.at((32, 16, 3)).out_shape == (4,)
        return
    with pytest.raises(
        ShapeError, match=r"^node 'flatten': Flatten joins \d+ x \d+ x 2 values, .* pictures of one size"
    ):
        own.at((32, 16, 3))


def test_other_channels_are_no_other_size():
    own = network(UNet(base=2, depth=2), (8, 8, 3), MAP)
    with pytest.raises(ShapeError, match=r"built for samples of \(8, 8, 3\) and got \(8, 8, 1\)"):
        own.at((8, 8, 1))


def test_a_graph_that_was_written_by_hand_has_the_same_nodes_at_any_size():
    graph = Graph(emits="values")
    graph.add("conv", Conv2d(maps=2, padding=1))
    graph.build((5, 5, 1), rng=Rng(0), dtype=np.float32)
    assert graph.at((7, 9, 1)).out_shape == (7, 9, 2)
    assert graph.at((7, 9, 1)).own("conv")["weight"] is graph.own("conv")["weight"]


def test_weights_that_another_size_would_add_are_refused():
    def made(shape):
        graph = Graph(emits="values")
        for step in range(shape[0] // 4):
            graph.add(f"conv_{step}", Conv2d(maps=2))
        return graph

    own = made((8, 8, 1)).sized_by(made).build((8, 8, 1), rng=Rng(0), dtype=np.float64)
    assert [node.name for node in own.at((4, 8, 1)).nodes] == ["conv_0"]
    with pytest.raises(ShapeError, match=r"^node 'conv_2': Conv2d has no weight and would need one of 3 x 3 x 2 x 2 "):
        own.at((12, 8, 1))


def test_a_few_sizes_are_kept_however_many_are_asked_for():
    own = network(UNet(base=2, depth=1, batch_norm=False), (8, 8, 1), MAP)
    first, second = own.at((8, 10, 1)), own.at((8, 12, 1))
    for step in range(SIZES - 1):
        assert own.at((8, 10, 1)) is first
        own.at((8, 20 + step, 1))
    own.freeze(["output.weight"])
    assert own.at((8, 10, 1)) is first and first.frozen == own.frozen
    assert own.at((8, 12, 1)) is not second and own.at((8, 12, 1)).frozen == own.frozen


def test_an_objective_at_another_size_has_no_loss_of_a_head_that_is_only_read():
    heads = {"learnt": MAP, "read": Head((None, None, 2), "values")}
    graph = UNet(base=2, depth=1).network((8, 8, 3), heads).build((8, 8, 3), rng=Rng(0), dtype=np.float64)
    own = Objective(graph, {"learnt": Term(SoftmaxCrossEntropy()), "read": None})
    other = own.at((6, 10, 3))
    assert own.at((8, 8, 3)) is own and other.graph is graph.at((6, 10, 3))
    assert list(other.terms) == ["learnt"] and other.at((6, 10, 3)) is other
