import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.formats.samples import Samples, cmyk_to_rgb


def one(samples: Samples, *values: int) -> list[int]:
    return samples.rgb(np.array([[values]], np.uint8))[0, 0].tolist()


def test_grey_is_repeated_and_turned_round_where_0_is_white() -> None:
    assert one(Samples("grey", 1), 9) == [9, 9, 9]
    assert one(Samples("grey", 2, inverted=True, alpha=1), 9, 40) == [246, 246, 246, 40]


def test_colours_that_were_multiplied_by_alpha_are_divided_by_it() -> None:
    known = Samples("rgb", 4, alpha=3, premultiplied=True)
    assert one(known, 50, 100, 25, 100) == [128, 255, 64, 100]  # 127.5 and 63.75, rounded
    assert one(known, 7, 0, 0, 0) == [255, 0, 0, 0]
    assert one(known, 200, 0, 0, 100) == [255, 0, 0, 100]  # more colour than alpha allows


def test_alpha_is_the_sample_that_is_said() -> None:
    assert one(Samples("rgb", 5, alpha=4), 1, 2, 3, 77, 99) == [1, 2, 3, 99]
    with pytest.raises(DataError, match="transparency is sample 5 of a pixel; ImageMagick reads 4"):
        one(Samples("rgb", 5, alpha=4), 1, 2, 3, 77)


def test_colour_spaces_meet_at_known_colours() -> None:
    assert cmyk_to_rgb(np.array([[[255, 0, 51, 0]]], np.uint8)).tolist() == [[[0, 255, 204]]]
    assert one(Samples("ycbcr", 3), 76, 85, 255) == [254, 0, 0]  # red, as ITU-R BT.601 rounds it
    for space, middle in (("lab", 0), ("icclab", 128)):
        assert one(Samples(space, 3), 255, middle, middle) == [255, 255, 255]
        assert one(Samples(space, 3), 0, middle, middle) == [0, 0, 0]
        # sRGB's red is Lab (54.29, 80.81, 69.89) with a D50 white; the nearest in whole numbers is (54.12, 81, 70)
        red = one(Samples(space, 3), 138, middle + 81, middle + 70)
        assert np.abs(np.array(red) - [255, 0, 0]).max() <= 3
