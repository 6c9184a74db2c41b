"""UNet: the original's counts and sizes, and maps as large as any image."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.models.graph import Graph
from nnlab.models.summary import summarised
from nnlab.models.u_net import UNet, map_side


def network(model: UNet, shape: tuple[int, int, int], head: Head) -> Graph:
    return model.graph(shape, {OUTPUT: head}).build(shape, rng=None, dtype=np.float32)


def test_the_original() -> None:
    """31,030,658 parameters for one channel and two classes; figure 1 of the paper has 572 and 388."""
    graph = network(UNet(padding="valid", batch_norm=False), (572, 572, 1), Head((None, None, 2)))
    assert graph.parameter_count == 31_030_658 and graph.out_shape == (388, 388, 2)
    assert {name: graph.shapes[name][0] for name in ("down_4_conv_2", "up_4_cropped", "up_1_cropped")} == {
        "down_4_conv_2": 64,
        "up_4_cropped": 56,
        "up_1_cropped": 392,
    }


def test_a_small_one_with_batch_norm() -> None:
    graph = network(UNet(base=16, depth=4), (160, 160, 1), Head((None, None, 1), "values"))
    assert graph.parameter_count == 482_449 and graph.out_shape == (160, 160, 1)


@pytest.mark.parametrize("shape", [(16, 16, 3), (17, 31, 1), (9, 8, 3)])
def test_with_padding_the_map_is_as_large_as_the_image(shape: tuple[int, int, int]) -> None:
    assert network(UNet(base=2, depth=4), shape, Head((None, None, 5))).out_shape == (*shape[:2], 5)


def test_a_row_is_the_mean_of_the_map() -> None:
    graph = network(UNet(base=2, depth=2), (8, 8, 3), Head((4,)))
    assert graph.shapes["output_map"] == (8, 8, 4) and graph.out_shape == (4,)


def test_without_padding_only_some_sizes_come_out() -> None:
    assert [n for n in range(1, 240) if map_side(n, 5)] == [188, 204, 220, 236]
    assert (map_side(572, 5), map_side(188, 5), map_side(187, 5)) == (388, 4, None)
    with pytest.raises(UsageError) as caught:
        network(UNet(padding="valid"), (572, 200, 1), Head((None, None, 2)))
    assert str(caught.value) == (
        "UNet.padding: images of 200 columns do not come out of 5 levels without padding; "
        "use 188 or 204 columns, or --padding=same"
    )


def test_the_receptive_field_of_the_smallest() -> None:
    """5 after two convolutions, 6 after the pool (a step of 2), 14 after two more; growing by windows of 2 x 2 with a
    stride of 2 sees one input each; then two convolutions at a step of 1: 18."""
    rows = summarised(network(UNet(base=2, depth=2), (16, 16, 3), Head((None, None, 2)))).rows
    assert {row.node.name: row.field for row in rows}["up_1_conv_2"] == (18, 18)


@pytest.mark.parametrize(("padding", "size", "map_"), [("same", (17, 30), (17, 30)), ("valid", (20, 24), (4, 8))])
def test_resized_on_the_way_up_it_has_the_same_shapes_and_nine_weights_for_four(padding, size, map_) -> None:
    one, other = (
        network(UNet(base=2, depth=2, padding=padding, up=up), (*size, 3), Head((None, None, 5)))
        for up in ("transposed", "resize")
    )
    assert one.out_shape == other.out_shape == (*map_, 5)
    assert other.parameter_count - one.parameter_count == (9 - 4) * 4 * 2  # 4 maps become 2
    assert [node.name for node in other.nodes if node.name.startswith("up_1_")][:2] == ["up_1_grown", "up_1_mixed_conv"]
