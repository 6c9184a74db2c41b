import pytest

from nnlab.data.images.formats.complaints import fault, is_harmless


def test_stray_bytes_are_harmless_and_lost_data_is_not() -> None:
    assert is_harmless("Corrupt JPEG data: 4 extraneous bytes before marker 0xd9")
    assert not is_harmless("Corrupt JPEG data: premature end of data segment")
    assert not is_harmless("")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("premature end of data segment", r"corrupt or truncated \(premature end"),
        ("", "the decoder does not say why"),
        ("LZMA compression support is not configured", "a kind that libvips does not read here .*ImageMagick"),
        ("Support for this compression format has not been built in: HEVC", "a kind that libvips does not read here"),
        ("width or height exceeds limit", "policy does not let it be opened"),
        ("attempt to perform an operation not allowed by the security policy `HEIC'", "policy does not let it"),
    ],
)
def test_the_reason_is_the_true_one(said: str, words: str) -> None:
    with pytest.raises(Exception, match=words):
        raise fault(said, "libvips", "ImageMagick")
