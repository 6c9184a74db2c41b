"""Pictures in a page."""

from pathlib import Path

import pytest

from nnlab.tracking.pages.pictures import MOST_BYTES, SIGNATURE, Captioned, Picture, Room, gallery, picture_in


def png(width: int, height: int, more: int = 0) -> bytes:
    head = b"\x00\x00\x00\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes(9)
    return SIGNATURE + head + bytes(more)


def test_the_size_is_that_of_its_own_head() -> None:
    assert Picture.of(png(40, 30)) == Picture(png(40, 30), 40, 30)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a" + bytes(99), SIGNATURE, png(0, 5), png(5, 5000), png(5, 5, MOST_BYTES), png(9, 9)[:20]]
)
def test_what_is_no_png_or_too_large_is_none(data: bytes) -> None:
    assert Picture.of(data) is None


def test_a_name_or_a_link_that_leads_out_of_the_folder_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (folder / "pictures").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(png(4, 4))
    (folder / "pictures" / "own.png").write_bytes(png(4, 4))
    (folder / "pictures" / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "away").symlink_to(tmp_path)
    (folder / "circle.png").symlink_to(folder / "circle.png")
    assert picture_in(folder, "pictures/own.png") is not None
    for name in ("../secret.png", str(tmp_path / "secret.png"), "pictures/link.png", "away/secret.png", "circle.png",
                 "pictures", "nothing.png", "a\0b.png"):  # fmt: skip
        assert picture_in(folder, name) is None, name


def test_room_is_counted_as_the_page_is_written() -> None:
    picture = Picture(bytes(300), 4, 4)  # 400 letters in base 64
    room = Room(left=900)
    assert [room.takes(picture) for _ in range(3)] == [True, True, False]
    assert (room.left, room.refused) == (100, 1)


def test_captions_are_text_and_small_pictures_keep_their_pixels() -> None:
    html = gallery(
        [Captioned(Picture.of(png(8, 8)), '"><b>', ["<i>"], anchor="a-1", is_wrong=True), Captioned(None, "x")]
    )
    assert "<b>" not in html and "<i>" not in html and 'id="a-1" class="wrong"' in html
    assert '<img class="pixels" width="8" height="8" alt="&quot;&gt;&lt;b&gt;"' in html and "no picture" in html
