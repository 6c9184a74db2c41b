import io

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.formats.directory import read_directory
from nnlab.data.images.formats.tiff import read_tiff

NOISE = np.random.default_rng(0).integers(0, 256, (50, 40, 3), dtype=np.uint8)


def rewritten(file: bytes, tag: int, count: int) -> bytes:
    """The file whose tag says a count of values that is not so."""
    entry = next(at for at in range(8, len(file)) if file[at : at + 2] == tag.to_bytes(2, "little"))
    return file[: entry + 4] + count.to_bytes(4, "little") + file[entry + 8 :]


@pytest.mark.parametrize("packing", ["raw", "tiff_lzw"])
def test_lengths_of_strips_are_found_where_none_are_said(packing: str, decoded) -> None:
    file = io.BytesIO()
    Image.fromarray(NOISE).save(file, "TIFF", compression=packing, strip_size=40 * 3 * 8)
    data = file.getvalue()
    lengths = read_directory(data).values(279)
    assert len(lengths) == (1 if packing == "raw" else 7)
    without = rewritten(data, 279, 0)
    found = read_directory(read_tiff(without).bare).values(279)
    if packing == "raw":
        assert found == lengths  # of packed ones: up to where the next begins, which may be a byte more
    np.testing.assert_array_equal(decoded(without), NOISE)


def test_a_file_that_says_too_few_places_is_corrupt(write_tiff) -> None:
    file = write_tiff(NOISE, 2, (278, 4, [10]))
    with pytest.raises(DataError, match="says where 1 of its 5 parts lie"):
        read_tiff(file)


def test_tiles_are_read(write_tiff, decoded) -> None:
    tiles = np.zeros((64, 48, 3), int)
    tiles[:50, :40] = NOISE
    rows = [tiles[top : top + 16, left : left + 16] for top in range(0, 64, 16) for left in range(0, 48, 16)]
    stacked = np.concatenate(rows, axis=0)  # 12 tiles, one below the other, as they lie in the file
    offsets = [8 + 768 * place for place in range(12)]
    where = [(322, 3, [16]), (323, 3, [16]), (324, 4, offsets), (325, 4, [768] * 12), (273, 4, []), (279, 4, [])]
    file = write_tiff(stacked, 2, (256, 4, [40]), (257, 4, [50]), (278, 4, []), *where)
    np.testing.assert_array_equal(decoded(file), NOISE)
    with pytest.raises(DataError, match="tiles have 16 x 0 pixels"):
        read_tiff(write_tiff(stacked, 2, *where, (323, 3, [0])))
