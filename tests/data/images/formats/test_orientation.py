import pytest

from nnlab.data.images.formats.orientation import first_said, of_exif, of_xmp, orientation


@pytest.mark.parametrize(
    ("packet", "said"),
    [
        (b'<a tiff:Orientation="6">', 6),
        (b"<a tiff:Orientation = '6'>", 6),
        (b"<tiff:Orientation>6</tiff:Orientation>", 6),
        ('<a tiff:Orientation="6">'.encode("utf-16"), 6),
        ('<a tiff:Orientation="6">'.encode("utf-32-be"), 6),
        (b'<a tiff:Orientation="">', None),
        (b"<a>nothing</a>", None),
    ],
)
def test_both_ways_of_writing_xmp_are_read(packet: bytes, said: int | None) -> None:
    assert of_xmp(packet) == said


def test_the_first_that_says_something_counts() -> None:
    assert first_said() == first_said(None, None) == 1
    assert first_said(None, 7, 3) == 7
    assert first_said(0, 7) == first_said(9) == 1  # said, and no orientation there is
    assert of_exif(b"Exif\0\0") is None
    assert orientation([b"damaged"], [b'tiff:Orientation="5"', b'tiff:Orientation="6"']) == 5


def test_damaged_exif_says_nothing() -> None:
    assert (
        of_exif(
            b"II\x2b\x00"
            + (8).to_bytes(2, "little")
            + bytes(2)
            + (16).to_bytes(8, "little")
            + (99_999).to_bytes(8, "little")
        )
        is None
    )
    assert of_exif(b"II") is None
