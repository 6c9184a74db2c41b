"""ConvNeXtTiny against torchvision's `num_params` and GFLOPS of `ConvNeXt_Tiny_Weights` (its documentation)."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.models.conv_ne_xt_tiny import ConvNeXtTiny
from nnlab.models.summary import Summary, summarised
from nnlab.testing.batches import one_head


def figures(model: ConvNeXtTiny, side: int, classes: int) -> Summary:
    shape = (side, side, 3)
    return summarised(model.graph(shape, one_head(classes)).build(shape, rng=None, dtype="float32"))


def test_its_counts() -> None:
    found = figures(ConvNeXtTiny(), 224, 1000)
    assert (found.parameters, found.statistics) == (28_589_128, 0)
    assert round(found.multiply_adds / 1e9, 2) == 4.46


def test_at_small_widths_by_hand() -> None:
    found = figures(ConvNeXtTiny(widths=(4, 6), depths=(1, 2), patch=2), 16, 3)
    stem = 2 * 2 * 3 * 4 + 4 + 8
    between = 8 + 2 * 2 * 4 * 6 + 6

    def block(width: int) -> int:  # depthwise, norm, two 1x1 convolutions, factors
        return (49 + 1) * width + 2 * width + (width + 1) * 4 * width + (4 * width + 1) * width + width

    assert found.parameters == stem + block(4) + between + 2 * block(6) + 12 + 6 * 3 + 3
    shapes = {row.node.name: row.shape for row in found.rows}
    assert shapes["stage_1_1_sum"] == (8, 8, 4) and shapes["stage_2_2_sum"] == (4, 4, 6)


def test_the_last_block_is_skipped_most() -> None:
    rows = figures(ConvNeXtTiny(widths=(4, 6), depths=(1, 2), stochastic_depth=0.4), 16, 3).rows
    rates = {row.node.name: row.node.layer.options()["rate"] for row in rows if row.node.name.endswith("_drop")}
    assert rates == {"stage_2_1_drop": pytest.approx(0.2), "stage_2_2_drop": pytest.approx(0.4)}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"widths": (8,)}, "1 widths and 4 depths"),
        ({"widths": (), "depths": ()}, "0 widths and 0 depths"),
        ({"kernel": 4}, "4 is even"),
    ],
)
def test_what_cannot_be_is_said_when_it_is_made(options: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ConvNeXtTiny(**options)  # type: ignore[arg-type]
