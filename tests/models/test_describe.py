"""The table that shows a network."""

import numpy as np

from nnlab.core.rng import Rng
from nnlab.layers.add import Add
from nnlab.layers.dense import Dense
from nnlab.models.describe import describe
from nnlab.models.graph import Graph
from nnlab.models.one_layer import OneLayer
from nnlab.testing.batches import one_head


def test_a_chain_has_no_column_for_what_is_read() -> None:
    graph = OneLayer().graph((4, 3, 1), one_head(2)).build((4, 3, 1), rng=Rng(0), dtype=np.float32)
    assert describe(graph).splitlines() == [
        "node     layer           output     parameters",
        "input                    4 x 3 x 1",
        "flatten  Flatten         12",
        "output   Dense(units=2)  2                  26",
        "                                            26",
    ]


def test_a_node_off_the_chain_says_what_it_reads() -> None:
    graph = Graph()
    graph.add("a", Dense(units=3))
    graph.add("b", Dense(units=3))
    graph.add("sum", Add(), "a", "b")
    lines = describe(graph.build((3,), rng=Rng(0), dtype=np.float32)).splitlines()
    assert lines[0].split() == ["node", "layer", "reads", "output", "parameters"]
    assert lines[4].split() == ["sum", "Add", "a,", "b", "3"]
