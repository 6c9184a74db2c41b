import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import MAX_PIXELS, sized


def test_only_sizes_that_can_be_are_sizes() -> None:
    assert sized(MAX_PIXELS, 1) == (MAX_PIXELS, 1)
    for size, words in {
        (MAX_PIXELS + 1, 1): "too large: 100,000,001 x 1",
        (0, 5): "corrupt",
        (5, -1): "corrupt",
    }.items():
        with pytest.raises(DataError, match=words):
            sized(*size)
