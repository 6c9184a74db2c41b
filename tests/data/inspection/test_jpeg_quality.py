"""The quality of a JPEG from its tables."""

import numpy as np

from nnlab.data.images.header import read_header
from nnlab.data.inspection.jpeg_quality import _tables, jpeg_quality
from tests.data.conftest import encoded, pixels_of


def test_what_pillow_was_asked_for_is_found() -> None:
    pixels = pixels_of("a", (16, 16, 3))
    for quality in range(1, 101):
        assert jpeg_quality(read_header(encoded(pixels, "JPEG", quality=quality)).bare) == quality


def test_the_table_of_quality_50_is_the_standards_own_in_zigzag_order() -> None:
    assert _tables()[49, :10].tolist() == [16, 11, 12, 14, 12, 10, 16, 14, 13, 14]


def test_tables_of_another_scale_have_the_nearest_quality() -> None:
    table = np.clip(_tables()[74] + 1, 1, 255).astype(np.uint8)
    assert 70 <= (jpeg_quality(b"\xff\xd8\xff\xdb\x00\x43\x00" + table.tobytes() + b"\xff\xda\x00\x02") or 0) <= 76


def test_without_a_table_nothing_is_said() -> None:
    assert jpeg_quality(b"\xff\xd8\xff\xda\x00\x02") is None
    assert jpeg_quality(b"\xff\xd8") is None
    assert jpeg_quality(b"\xff\xd8\xff\xdb\x00\x05\x00\x01\x02") is None  # a table that ends too early
