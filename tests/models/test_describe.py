"""The table that shows a network."""

import numpy as np
import pytest

from nnlab.core.rng import Rng
from nnlab.layers.add import Add
from nnlab.layers.dense import Dense
from nnlab.models.describe import as_bytes, describe, described
from nnlab.models.graph import Graph
from nnlab.models.one_layer import OneLayer
from nnlab.models.summary import summarised
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


def test_with_every_figure() -> None:
    graph = OneLayer().graph((4, 3, 1), one_head(2)).build((4, 3, 1), rng=None, dtype=np.float32)
    assert described(summarised(graph)).splitlines() == [
        "node     layer           output     parameters  statistics  multiply-adds  activations  receptive field",
        "input                    4 x 3 x 1",
        "flatten  Flatten         12                                                                         all",
        "output   Dense(units=2)  2                  26                         24          8 B              all",
        "                                            26           0             24         56 B",
    ]


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1234, "1.23 kB"), (45_600_000, "45.6 MB"), (200_000_000, "200 MB")]
)
def test_bytes_as_people_read_them(count: int, text: str) -> None:
    assert as_bytes(count) == text
