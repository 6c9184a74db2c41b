import pytest

from nnlab.core.component import make
from nnlab.layers.resize import Resize
from nnlab.models.graph import Graph


@pytest.mark.parametrize("opset", [9, 11, 17, 21])
@pytest.mark.parametrize("mode", ["nearest", "bilinear", "cubic"])
@pytest.mark.parametrize("coordinates", ["half_pixel", "align_corners", "asymmetric"])
def test_every_mode_in_every_version(same_everywhere, opset, mode, coordinates):
    for options in ({"scale": 2.0}, {"scale": 0.5}, {"size": (5, 9)}, {"size": (6, 11)}, {"size": (1, 3)}):
        graph = Graph(emits="logits")
        graph.add("resize", make(Resize, {**options, "mode": mode, "coordinates": coordinates}))
        same_everywhere(graph, (6, 4, 3), opset)
