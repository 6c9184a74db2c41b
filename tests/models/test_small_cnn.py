"""SmallCnn: counts worked by hand."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.models.small_cnn import SmallCnn
from nnlab.models.summary import Summary, summarised
from nnlab.testing.batches import one_head


def figures(model: SmallCnn, side: int, classes: int) -> Summary:
    shape = (side, side, 3)
    return summarised(model.graph(shape, one_head(classes)).build(shape, rng=None, dtype="float32"))


def test_the_form_with_batch_norm_and_three_pools() -> None:
    found = figures(SmallCnn(), 32, 10)
    # 27 * 32 + 2 * 288 * 32 weights, 3 * 64 of BatchNorm, 4 * 4 * 32 * 10 + 10
    assert (found.parameters, found.statistics) == (864 + 2 * 9216 + 192 + 5130, 192)
    assert found.parameters == 24_618
    assert found.multiply_adds == 32**2 * 864 + 16**2 * 9216 + 8**2 * 9216 + 5120 == 3_838_976
    assert [row.node.name for row in found.rows][:5] == ["conv_1", "batch_norm_1", "activation_1", "pool_1", "conv_2"]
    assert found.rows[-3].field == (22, 22)  # 3, 4, 8 (a step of 2), 10, 18 (of 4), 22: the last pool


def test_the_form_of_the_course() -> None:
    found = figures(SmallCnn(batch_norm=False, pooling="last", dense=(10,)), 240, 4)
    assert (found.parameters, found.statistics, found.multiply_adds) == (4_627_446, 0, 1_116_057_640)
    assert found.torchinfo_bytes(100) / 1e6 == pytest.approx(4511.32, abs=0.005)


def test_with_global_pooling_the_weights_do_not_depend_on_the_size() -> None:
    model = SmallCnn(global_pooling=True)
    assert figures(model, 32, 10).parameters == figures(model, 77, 10).parameters == 864 + 2 * 9216 + 192 + 330


def test_an_image_that_the_pools_leave_nothing_of_names_the_layer() -> None:
    with pytest.raises(UsageError, match="node 'pool_3'"):
        figures(SmallCnn(), 7, 10)


def test_what_is_no_activation_is_said_before_there_is_data() -> None:
    with pytest.raises(UsageError, match=r"SmallCnn\.activation: Dense is no activation"):
        SmallCnn(activation="Dense")
    with pytest.raises(UsageError, match=r"SmallCnn\.initializer"):
        SmallCnn(initializer="Kaimin")
