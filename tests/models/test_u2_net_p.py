"""U2NetP: counts of the published network and of its ONNX file, and maps as large as any image."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.models.graph import Graph
from nnlab.models.summary import summarised
from nnlab.models.u2_net_p import U2NetP


def network(model: U2NetP, shape: tuple[int, int, int], head: Head) -> Graph:
    return model.graph(shape, {OUTPUT: head}).build(shape, rng=None, dtype=np.float32)


def test_the_published_network() -> None:
    """1,131,181 parameters. In its ONNX file BatchNorm is folded into the convolutions: theirs alone are 1,125,485, and
    `nnlab onnx show` counts 19.8 G multiply-adds."""
    graph = network(U2NetP(), (320, 320, 3), Head((None, None, 1), "values"))
    assert graph.parameter_count == 1_131_181 and graph.out_shape == (320, 320, 1)
    convolutions = [p.value.size for p in graph.parameters if p.name.endswith((".weight", ".bias"))]
    assert sum(convolutions) == 1_125_485
    assert round(summarised(graph).multiply_adds / 1e9, 1) == 19.8


def test_the_shapes_within() -> None:
    graph = network(U2NetP(), (33, 47, 3), Head((None, None, 2)))
    assert graph.shapes["stage_1_conv_6"] == (2, 2, 16)  # halved five times, an odd row kept each time
    assert graph.shapes["stage_6_sum"] == (2, 2, 64)
    assert graph.shapes["output_side_6_whole"] == (33, 47, 2) and graph.shapes["output_sides"] == (33, 47, 12)
    assert graph.out_shape == (33, 47, 2)


def test_an_image_that_is_too_small_names_the_layer() -> None:
    with pytest.raises(UsageError, match="node 'stage_1_pool_"):
        network(U2NetP(), (8, 8, 3), Head((None, None, 1)))


def test_other_blocks() -> None:
    graph = network(U2NetP(heights=(3, 2), dilated=1, maps=4, inner=2), (12, 12, 1), Head((3,)))
    assert graph.shapes["stage_3_sum"] == (3, 3, 4) and graph.shapes["output_map"] == (12, 12, 3)
    with pytest.raises(UsageError, match=r"U2NetP\.dilations: are two or more, got 1"):
        U2NetP(dilations=(1,))
