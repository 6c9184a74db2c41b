import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import MAX_PIXELS, MAX_SIDE, sized


def test_only_sizes_that_can_be_are_sizes() -> None:
    assert sized(MAX_PIXELS // 100, 100) == (MAX_PIXELS // 100, 100)
    for size, words in {
        (MAX_PIXELS + 1, 1): "too large: 100,000,001 x 1",
        (MAX_SIDE + 1, 1): "too long a shape: 1,000,001 x 1",
        (10_001, 10_000, 4): "at most 100 million in all",
        (10_000, 10_000, 6): "10,000 x 10,000 pixels of 6 bytes",
        (0, 5): "corrupt",
        (5, -1): "corrupt",
    }.items():
        with pytest.raises(DataError, match=words):
            sized(*size)
