"""A network in figures, against counts by hand."""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.parameter import NewParameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.layers.add import Add
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.multiply import Multiply
from nnlab.layers.reach import Reach, moved, spread
from nnlab.layers.relu import ReLU
from nnlab.models.graph import Graph
from nnlab.models.n_layers import NLayers
from nnlab.models.summary import summarised
from nnlab.testing.batches import one_head


@dataclass(kw_only=True, eq=False)
class Slide(Layer):
    """Every `step`-th place of a window, as far as shapes and reach go."""

    window: int = 3
    step: int = 1

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """As with padding."""
        (height, width, channels) = in_shapes[0]
        return -(-height // self.step), -(-width // self.step), channels

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, None]:
        """Not asked."""
        raise NotImplementedError

    def backward(self, dy: Array, cache: None, ctx: Context) -> tuple[Array | None, ...]:
        """Not asked."""
        raise NotImplementedError

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach | None:
        """A square window."""
        return moved((self.window,) * 2, (self.step,) * 2, (1, 1))


def test_a_chain_of_dense_layers_by_hand() -> None:
    model = NLayers(layers=(5,))
    found = summarised(model.graph((4, 3, 2), one_head(3)).build((4, 3, 2), rng=None, dtype=np.float32))
    rows = {row.node.name: row for row in found.rows}
    assert (rows["dense_1"].parameters, rows["dense_1"].multiply_adds) == (24 * 5, 24 * 5)
    assert (rows["batch_norm_1"].parameters, rows["batch_norm_1"].statistics) == (10, 10)
    assert (found.parameters, found.statistics) == (24 * 5 + 10 + 5 * 3 + 6, 16)
    assert found.multiply_adds == 24 * 5 + 5 * 3
    assert rows["flatten"].activations == 0  # a view
    assert found.activations == 24 + 3 * 5 + 3 * 3  # the sample; dense, norm, activation; dense, norm, softmax
    assert found.totals(10)["training_bytes"] == 4 * (10 * 48 + 4 * 151 + 16)
    assert found.totals(10)["torchinfo_bytes"] == 4 * (10 * (24 + 2 * (5 + 5 + 3 + 3)) + 151)


def test_the_figures_do_not_depend_on_values() -> None:
    graph = NLayers(layers=(5,)).graph((7,), one_head(3))
    blank = summarised(graph.build((7,), rng=None, dtype=np.float32)).totals(1)
    assert summarised(graph.build((7,), rng=Rng(0), dtype=np.float64)).totals(1) == blank


def test_receptive_fields_add_up_over_windows_and_steps() -> None:
    graph = Graph()
    for name, layer in (
        ("conv_1", Slide()),
        ("pool", Slide(window=2, step=2)),
        ("conv_2", Slide()),
        ("relu", ReLU()),
        ("strided", Slide(window=5, step=3)),
        ("last", Slide()),
    ):
        graph.add(name, layer)
    found = summarised(graph.build((32, 32, 2), rng=None, dtype=np.float32))
    # 1 + 2 = 3; 3 + 1 = 4, step 2; 4 + 2 * 2 = 8; 8; 8 + 4 * 2 = 16, step 6; 16 + 2 * 6 = 28
    assert [row.field for row in found.rows] == [(n, n) for n in (3, 4, 8, 8, 16, 28)]


def test_of_two_branches_the_larger_counts_and_a_gate_for_each_channel_does_not() -> None:
    graph = Graph()
    graph.add("wide", Slide(window=7))
    graph.add("narrow", Slide(), "input")
    graph.add("sum", Add(), "wide", "narrow")
    graph.add("pooled", GlobalAveragePool())
    graph.add("gated", Multiply(), "sum", "pooled")
    graph.add("norm", BatchNorm())
    graph.add("flatten", Flatten())
    graph.add("dense", Dense(units=2))
    rows = summarised(graph.build((8, 8, 2), rng=None, dtype=np.float32)).rows
    assert [row.field for row in rows] == [(7, 7), (3, 3), (7, 7), None, (7, 7), (7, 7), None, None]


def test_a_layer_that_makes_images_larger_makes_steps_shorter() -> None:
    assert spread((2, 4), (2, 2), (1, 1)) == Reach((1, 2), spread((2, 4), (2, 2), (1, 1)).step)
    assert [float(step) for step in spread((2, 4), (2, 2), (1, 1)).step] == [0.5, 0.5]
    assert moved((3, 3), (1, 2), (2, 1)).window == (5, 3)


@pytest.mark.parametrize("places", [(4, 4), (2, 2)])
def test_places_that_change_are_taken_as_all_where_a_layer_does_not_say(places: tuple[int, int]) -> None:
    reach = ReLU().reach(((4, 4, 2),), (*places, 2))
    assert (reach is None) == (places == (2, 2))
    assert reach is None or reach.is_point
