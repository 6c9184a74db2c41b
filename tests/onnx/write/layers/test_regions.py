import pytest

from nnlab.core.errors import UsageError
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.layers.reshape import Reshape
from nnlab.layers.roi_align import RoIAlign
from nnlab.models.graph import INPUT, Graph


def regions_of_a_network() -> Graph:
    """A network that looks at parts of its map which it chooses itself."""
    graph = Graph(emits="logits")
    graph.add("map", Conv2d(maps=4, kernel=3), INPUT)
    graph.add("row", Flatten(), INPUT)
    graph.add("said", Dense(units=12), "row")
    graph.add("regions", Reshape(shape=(3, 4)), "said")
    graph.add("aligned", RoIAlign(size=(2, 3), scale=0.5), "map", "regions")
    return graph


@pytest.mark.parametrize("opset", [16, 17, 21])
def test_regions_in_every_version_that_has_them(same_everywhere, opset):
    same_everywhere(regions_of_a_network(), (8, 6, 3), opset)


def test_older_ones_are_refused(same_everywhere):
    with pytest.raises(UsageError, match="RoIAlign has no operator in version 13"):
        same_everywhere(regions_of_a_network(), (8, 6, 3), 13)
