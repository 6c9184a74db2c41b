import pytest

from nnlab.layers.concat import Concat
from nnlab.layers.flatten import Flatten
from nnlab.layers.group_norm import GroupNorm
from nnlab.layers.layer_norm import LayerNorm
from nnlab.layers.prelu import PReLU
from nnlab.models.graph import Graph


@pytest.mark.parametrize("opset", [9, 17, 18, 21])
def test_norms_and_slopes_in_every_version(same_everywhere, opset):
    graph = Graph(emits="logits")
    graph.add("layer", LayerNorm(epsilon=0.1))
    graph.add("slope", PReLU())
    graph.add("shared", PReLU(shared=True), "input")
    graph.add("group", GroupNorm(groups=3), "shared")
    graph.add("joined", Concat(), "slope", "group")
    graph.add("flat", Flatten())
    graph.add("rows", GroupNorm(groups=4))
    same_everywhere(graph, (4, 5, 6), opset)
