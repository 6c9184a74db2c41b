"""What the samples of a TIFF's pixels are: the kinds that are read, and the names of those that are not."""

from nnlab.core.errors import DataError
from nnlab.data.images.formats.directory import Directory

SUBFILE, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, SUB_DIRECTORIES, INKS, FORMAT, SUBSAMPLING = (
    *(254, 258, 259, 262, 277, 330, 332, 339, 530),
)
PLANAR, COLOUR_MAP, RAW_VERSION = 284, 320, 50706

APART = 2
"""The planar configuration of a file that has a plane for each sample."""

WHITE_IS_ZERO, GREY, RGB, PALETTE, CMYK, YCBCR, LAB, ICC_LAB, SENSOR, LINEAR_RAW = 0, 1, 2, 3, 5, 6, 8, 9, 32803, 34892

COLOUR = {WHITE_IS_ZERO: "grey", GREY: "grey", RGB: "rgb", PALETTE: "rgb", CMYK: "cmyk", YCBCR: "ycbcr"}
COLOUR |= {LAB: "lab", ICC_LAB: "icclab"}
"""What the samples are (samples.py), by photometric interpretation; a palette is applied by the decoder."""

OTHERS = {4: "a transparency mask", 10: "ITU L*a*b* samples", 32844: "LogL samples", 32845: "LogLuv samples"}
"""Interpretations that are not read."""

JPEG = frozenset({6, 7})
"""Compressions whose decoder turns YCbCr into RGB."""

UNSIGNED, UNDEFINED = 1, 4
"""Sample formats that are read: whole numbers, and those of which nothing is said."""


def kind(tags: Directory) -> tuple[str, int]:
    """The colour of the samples as samples.py names it, and the photometric interpretation.

    Raises:  DataError: when samples of that kind are not read.
    """
    _refuse_raw(tags)
    count = tags.value(SAMPLES, 1)
    photometric = tags.value(PHOTOMETRIC, RGB if count > 2 else GREY)
    bits = sorted(set(tags.values(BITS))) or [1]
    if not set(tags.values(FORMAT)) <= {UNSIGNED, UNDEFINED} or bits[-1] > 16:
        raise DataError("a TIFF of floating-point, signed or 32-bit samples; save it with 8 or 16 bits per sample")
    if photometric not in COLOUR:
        raise _not_read(OTHERS.get(photometric, f"photometric interpretation {photometric}"))
    colour = COLOUR[photometric]
    alone = photometric in (WHITE_IS_ZERO, GREY, PALETTE) and count == 1
    if len(bits) > 1 or bits[0] not in ((1, 2, 4, 8, 16) if alone else (8, 16)) or count < 1:
        raise _not_read(f"samples of {' and '.join(map(str, bits))} bits, {count} to a pixel,")
    if bits[0] == 16 and photometric in (PALETTE, YCBCR, LAB, ICC_LAB):
        raise _not_read(f"a palette or {colour} samples of 16 bits")
    if photometric == PALETTE and count > 1 and tags.value(PLANAR, 1) == APART:
        raise _not_read("a palette and other samples in planes of their own")
    if photometric == PALETTE and len(tags.values(COLOUR_MAP)) < 1 << bits[0]:
        raise DataError("corrupt: a palette's colours are lost")  # decoders give the numbers of colours as grey
    if colour == "cmyk" and tags.value(INKS, 1) != 1:
        raise _not_read("inks other than cyan, magenta, yellow and black")
    if colour == "ycbcr" and tags.value(COMPRESSION, 1) in JPEG:
        return "rgb", photometric
    if colour == "ycbcr" and (tags.values(SUBSAMPLING) or (2, 2)) != (1, 1):
        raise _not_read("YCbCr samples of which several pixels share some")
    return colour, photometric


def _refuse_raw(tags: Directory) -> None:
    """A preview would be all that is read of a camera's raw picture. Raises DataError."""
    preview = tags.value(SUBFILE, 0) & 1 and SUB_DIRECTORIES in tags.fields
    if preview or RAW_VERSION in tags.fields or tags.value(PHOTOMETRIC, GREY) in (SENSOR, LINEAR_RAW):
        raise raw_picture()


def raw_picture() -> DataError:
    """Why a camera's own file is not read."""
    return DataError("a camera's raw picture is not what nnlab reads; develop it to PNG, JPEG or TIFF")


def _not_read(what: str) -> DataError:
    return DataError(f"a TIFF of {what} is not what nnlab reads; save it as grey or RGB with 8 or 16 bits per sample")
