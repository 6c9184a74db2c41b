import numpy as np

from nnlab.core.types import Pixels
from nnlab.data.images.base import ImageSpec
from nnlab.data.images.held import Held


class Counted(Held):
    """Counts what is made."""

    made = 0

    def make_native(self, pixels: Pixels) -> list[Pixels]:
        type(self).made += 1
        return [pixels]

    def make_pixels(self, native: list[Pixels]) -> Pixels:
        type(self).made += 1
        return native[0]


def test_each_side_is_made_once_and_only_when_asked_for() -> None:
    pixels = np.zeros((2, 3, 1), np.uint8)
    Counted.made = 0
    held = Counted(pixels.shape, pixels=pixels)
    assert held.spec == ImageSpec(width=3, height=2, channels=1)
    assert held.pixels is pixels
    assert Counted.made == 0
    assert held.native is held.native
    assert Counted.made == 1
    other = Counted(pixels.shape, native=[pixels])
    assert other.pixels is other.pixels
    assert Counted.made == 2
