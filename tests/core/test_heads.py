import pytest

from nnlab.core.heads import Head


def test_the_last_axis_is_the_channels() -> None:
    assert Head((10,)).channels == 10
    assert Head((None, None, 21)).channels == 21


@pytest.mark.parametrize(
    ("kind", "emits", "fits"),
    [
        ("classes", "probabilities", True),
        ("classes", "logits", True),
        ("classes", "values", False),
        ("values", "values", True),
        ("values", "logits", False),
        ("values", "probabilities", False),
    ],
)
def test_numbers_are_read_from_values_and_classes_from_what_softmax_is_of(kind, emits, fits) -> None:
    assert Head((3,), kind).takes(emits) is fits


@pytest.mark.parametrize(
    ("asked", "there", "fits"),
    [
        ((10,), (10,), True),
        ((10,), (9,), False),
        ((10,), (1, 10), False),
        ((10,), (), False),
        ((None, None, 21), (480, 640, 21), True),
        ((None, None, 21), (480, 640, 20), False),
        ((None, None, 21), (640, 21), False),
        ((17, None, 2), (17, 5, 2), True),
        ((17, None, 2), (16, 5, 2), False),
    ],
)
def test_an_axis_that_follows_from_the_input_may_have_any_length(asked, there, fits) -> None:
    assert Head(asked).fits(there) is fits


@pytest.mark.parametrize(
    ("stride", "there", "in_shape", "fits"),
    [
        (4, (24, 25, 3), (96, 97, 3), True),
        (4, (24, 24, 3), (96, 97, 3), False),
        (4, (96, 97, 3), (96, 97, 3), False),
        (None, (96, 97, 3), (96, 97, 3), True),
        (4, (7, 7, 3), (), True),
        (4, (7, 7, 3), (100,), True),
    ],
)
def test_a_stride_says_how_many_places_a_map_has(stride, there, in_shape, fits) -> None:
    assert Head((None, None, 3), "values", stride=stride).fits(there, in_shape) is fits
