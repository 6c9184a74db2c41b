"""MobileNetV2 against torchvision's `num_params` and GFLOPS of `MobileNet_V2_Weights` (its documentation)."""

from nnlab.models.mobile_net_v2 import MobileNetV2
from nnlab.models.summary import Summary, summarised
from nnlab.testing.batches import one_head


def figures(model: MobileNetV2, side: int, classes: int) -> Summary:
    shape = (side, side, 3)
    return summarised(model.graph(shape, one_head(classes)).build(shape, rng=None, dtype="float32"))


def test_its_counts() -> None:
    found = figures(MobileNetV2(), 224, 1000)
    assert found.parameters == 3_504_872
    assert round(found.multiply_adds / 1e9, 2) == 0.30


def test_widths_are_multiples_of_eight_and_the_last_is_no_narrower() -> None:
    found = {row.node.name: row for row in figures(MobileNetV2(width=0.35), 96, 10).rows}
    assert found["stem_conv"].shape == (48, 48, 16)  # 11.2: 8 would be below 9 tenths of it
    assert found["stage_7_1_project_conv"].shape == (3, 3, 112)
    assert found["head_conv"].shape == (3, 3, 1280)


def test_shortcuts_are_where_shapes_agree_alone() -> None:
    sums = [row.node.name for row in figures(MobileNetV2(), 32, 10).rows if row.node.name.endswith("_sum")]
    assert sums == [f"stage_{stage}_{block}_sum" for stage, repeats in ((2, 2), (3, 3), (4, 4), (5, 3), (6, 3))
                    for block in range(2, repeats + 1)]  # fmt: skip
