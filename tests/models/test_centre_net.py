"""CentreNet: its counts, maps at a quarter of any image's size, and maps and rows for other tasks."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.models.centre_net import CentreNet
from nnlab.models.graph import Graph
from nnlab.models.summary import summarised

CENTRES = {
    "heat": Head((None, None, 3), "values", stride=4),
    "size": Head((None, None, 2), "values", stride=4),
    "offset": Head((None, None, 2), "values", stride=4),
}


def network(shape: tuple[int, int, int], heads: dict[str, Head], model: CentreNet | None = None) -> Graph:
    return (model or CentreNet(base=4)).graph(shape, heads).build(shape, rng=None, dtype=np.float32)


def test_its_parameters() -> None:
    """3x3 convolutions without biases, two numbers of BatchNorm a map; 1x1 of the heads with biases:
    9 (3 16 + 16 32 + 32 32 + 32 64 + 64 64 + 64 128 + 128 128 + 32 32) + 128 64 + 64 32
    + 2 (16 + 32 + 32 + 64 + 64 + 128 + 128 + 32 + 64 + 32) + 7 (32 + 1)
    """
    graph = network((96, 96, 3), CENTRES, CentreNet())
    assert graph.parameter_count == 311_607
    assert graph.out_shapes == {"heat": (24, 24, 3), "size": (24, 24, 2), "offset": (24, 24, 2)}


@pytest.mark.parametrize("shape", [(240, 320, 3), (97, 61, 1), (33, 4, 3), (1, 1, 3)])
def test_a_map_has_a_place_for_every_four_pixels_that_begin(shape: tuple[int, int, int]) -> None:
    graph = network(shape, CENTRES)
    rows, columns = -(-shape[0] // 4), -(-shape[1] // 4)
    assert graph.out_shapes == {"heat": (rows, columns, 3), "size": (rows, columns, 2), "offset": (rows, columns, 2)}
    assert all(CENTRES[name].fits(given, shape) for name, given in graph.out_shapes.items())


@pytest.mark.parametrize("stride", [None, 1])
@pytest.mark.parametrize("kind", ["classes", "values"])
def test_a_map_may_be_as_large_as_the_image(stride: int | None, kind: str) -> None:
    graph = network((33, 50, 3), {"output": Head((None, None, 5), kind, stride=stride)})  # type: ignore[arg-type]
    assert graph.out_shape == (33, 50, 5)


def test_a_row_is_the_mean_of_the_map() -> None:
    graph = network((16, 16, 3), {"output": Head((4,))})
    assert graph.shapes["output_map"] == (4, 4, 4) and graph.out_shape == (4,)


def test_another_stride_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        network((16, 16, 3), {"output": Head((None, None, 2), stride=8)})
    assert str(caught.value) == (
        "head 'output': gives a place for every 4 pixels, or for every one, and the task asks for 8; "
        "choose a stride of 4 or 1 for the task, or another model"
    )


def test_what_a_place_sees() -> None:
    """3 + 2 pixels twice (steps 1, 2), + 2 steps of 4, of 4 and 8, of 8 and 16: 7 + 8 + 8 + 16 + 16 + 32 = 87."""
    rows = summarised(network((128, 128, 3), CENTRES, CentreNet())).rows
    assert {row.node.name: row.field for row in rows}["level_3_2_conv"] == (87, 87)
