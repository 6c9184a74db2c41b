"""How options of a layer become a window."""

import pytest

from nnlab.core.errors import ShapeError, UsageError
from nnlab.layers.windows import image_of, pads_of, window_over


@pytest.mark.parametrize(
    ("padding", "pads"),
    [
        (1, ((1, 1), (1, 1))),
        ((1, 2), ((1, 1), (2, 2))),
        ((1, 2, 3, 4), ((1, 2), (3, 4))),
        ("valid", ((0, 0), (0, 0))),
        ("same", ((1, 1), (1, 1))),
    ],
)
def test_padding_has_five_forms(padding, pads):
    assert window_over((5, 6), kernel=3, padding=padding).pads == pads


@pytest.mark.parametrize("size", range(1, 12))
@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_gives_a_window_for_every_step_the_odd_row_at_the_end(size, kernel, stride, dilation):
    window = window_over((size, size), kernel=kernel, stride=stride, dilation=dilation, padding="same")
    assert window.out_size((size, size)) == (-(-size // stride),) * 2
    before, after = window.pads[0]
    assert 0 <= after - before <= 1


@pytest.mark.parametrize("padding", ["some", (1,), (1, 2, 3)])
def test_another_padding_is_refused(padding):
    with pytest.raises(UsageError, match="padding is a number"):
        pads_of(padding, (5, 5), (3, 3), (1, 1))


@pytest.mark.parametrize("padding", [-1, (0, -2), (1, 0, -1, 0)])
def test_less_than_no_padding_is_refused(padding):
    with pytest.raises(UsageError, match="padding must be at least 0, got"):
        window_over((5, 5), kernel=3, padding=padding)


def test_only_one_image_is_taken():
    assert image_of(((4, 5, 3),), "Conv2d") == (4, 5, 3)
    with pytest.raises(ShapeError, match=r"Conv2d takes one image .* got \(12,\)"):
        image_of(((12,),), "Conv2d")
