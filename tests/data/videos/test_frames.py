import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data.videos.container import format_of
from nnlab.data.videos.frames import frame_size, frames, upright
from nnlab.data.videos.moments import chosen, moments

SHADES = [20 + 10 * number for number in range(20)]  # 4 seconds at 5 a second


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "mpeg4"), ("a.mov", "mpeg4"), ("a.avi", "mpeg4"), ("a.mkv", "mpeg4"), ("a.webm", "libvpx"),
     ("b.mp4", "libx264")],
)  # fmt: skip
def test_the_first_frame_of_each_slice_is_taken(draw_video, tmp_path, name, codec):
    path = draw_video(tmp_path / name, shades=SHADES, codec=codec)
    taken = moments(path, 1.0)
    assert np.round(np.subtract(taken, taken[0]), 3).tolist() == [0.0, 1.0, 2.0, 3.0]
    made = list(frames(path, taken))
    assert {(pixels.shape, pixels.dtype) for pixels in made} == {((32, 32, 3), np.dtype(np.uint8))}
    # 4: what a codec loses of an even grey
    np.testing.assert_allclose([pixels.mean() for pixels in made], [20, 70, 120, 170], atol=4)
    assert frame_size(path) == (32, 32)
    for moment, pixels in zip(taken, made, strict=True):  # alone, from the key frame before it
        np.testing.assert_array_equal(next(frames(path, [moment])), pixels)


def test_slices_are_counted_from_the_first_frame():
    assert chosen([5.0, 5.4, 6.1, 8.0, 8.5, 9.0], 1.0) == [5.0, 6.1, 8.0, 9.0]
    assert chosen([0.0, 0.1, 0.2, 0.3], 0.1) == [0.0, 0.1, 0.2, 0.3]  # rounding loses none
    assert chosen([0.0, 0.5, 1.0], 100.0) == [0.0]


def test_a_frame_is_turned_as_a_player_turns_it():
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3, 1)
    assert upright(pixels, 0.0)[:, :, 0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert upright(pixels, -90.0)[:, :, 0].tolist() == [[3, 0], [4, 1], [5, 2]]  # a telephone held upright


def test_what_is_no_video_is_one_line(draw_video, tmp_path):
    for name, content, words in (
        ("empty.mp4", b"", "empty"),
        ("text.mp4", b"#EXTM3U\nhttp://example.com/secret.ts\n", "no video that is read"),
        ("concat.mkv", b"ffconcat version 1.0\nfile '/etc/passwd'\n", "no video that is read"),
        ("cut.mp4", b"\0\0\0\x18ftypmp42" + bytes(16), "cannot be decoded|has no pictures"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=words) as caught:
            moments(tmp_path / name, 1.0)
        assert name in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(DataError, match="device, not a file"):
        list(frames(tmp_path.__class__("/dev/zero"), [0.0]))


def test_a_video_that_breaks_off_says_where(draw_video, tmp_path):
    whole = draw_video(tmp_path / "whole.mkv", shades=SHADES)
    taken = moments(whole, 1.0)
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert len(moments(cut, 1.0)) < len(taken)  # what there is counts
    with pytest.raises(DataError, match=r"cut\.mkv: (ends before its frame at|cannot be decoded)"):
        list(frames(cut, taken))


def test_formats_are_told_by_their_first_bytes():
    assert format_of(b"\0\0\0\x20ftypisom....") == "mov"
    assert format_of(b"RIFF\0\0\0\0AVI LIST") == "avi"
    assert format_of(b"RIFF\0\0\0\0WAVEfmt ") is None
    assert format_of(b"\x1a\x45\xdf\xa3\x01\0\0\0") == "matroska"
