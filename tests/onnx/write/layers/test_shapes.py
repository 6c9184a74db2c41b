import pytest

from nnlab.core.component import make
from nnlab.layers.pad import Pad
from nnlab.layers.reshape import Reshape
from nnlab.models.graph import Graph


@pytest.mark.parametrize("opset", [9, 10, 11, 17, 21])
def test_margins_in_every_version(same_everywhere, opset):
    for options, (shape,) in Pad.examples():
        graph = Graph(emits="logits")
        graph.add("pad", make(Pad, options))
        same_everywhere(graph, shape, opset)


@pytest.mark.parametrize("opset", [9, 17])
def test_other_shapes_in_every_version(same_everywhere, opset):
    graph = Graph(emits="logits")
    graph.add("rows", Reshape(shape=(-1, 10)))
    graph.add("image", Reshape(shape=(5, 2, 4)))
    graph.add("pad", Pad(padding=(0, 1), mode="edge"))
    same_everywhere(graph, (4, 5, 2), opset)
