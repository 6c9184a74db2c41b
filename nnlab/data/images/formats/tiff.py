"""TIFF and BigTIFF: a directory of tags that says what the samples are and where they lie."""

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import Header, sized
from nnlab.data.images.formats.directory import Directory, read_directory, with_directory
from nnlab.data.images.formats.orientation import ORIENTATION, first_said, of_xmp
from nnlab.data.images.formats.samples import COLOURS, Samples
from nnlab.data.images.formats.tiff_kinds import (
    APART,
    CMYK,
    GREY,
    PALETTE,
    RGB,
    WHITE_IS_ZERO,
    YCBCR,
    kind,
    raw_picture,
)
from nnlab.data.images.formats.tiff_strips import strips

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, PLANAR, EXTRA, XMP = 256, 257, 258, 259, 262, 277, 284, 338, 700

KEPT = frozenset({266, 292, 293, 317, 320, 322, 323, 347, *range(512, 522), 529, 530, 532})
"""Tags that decoding needs as they are: fill order, fax options, predictor, palette, tiles, JPEG, YCbCr."""

NEEDED = KEPT | {WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, PLANAR, EXTRA, 273, 278, 279, 324, 325}

CANON = b"CR"
"""Where the directory would begin in most files: a camera's raw picture that shows a preview to others."""

PREMULTIPLIED, TRANSPARENCY = 1, 2


def read_tiff(data: bytes) -> Header:
    """Reads the first directory, and writes it anew as one that every decoder understands alike.

    The samples are declared as grey or RGB, with others of no meaning beside them, whatever they are, so that they come
    as they stand in the file: what is transparent, or white at 0, is known here (Header.samples). Texts, profiles,
    further pages and tags of a wrong kind are left out, tags are sorted, missing lengths found.

    Raises:  DataError: for samples that are not read, named as what they are.
    """
    if data[8:10] == CANON:
        raise raw_picture()
    tags = read_directory(data)
    if tags.lost & NEEDED:
        raise DataError("truncated: it ends too early")
    count, bits = tags.value(SAMPLES, 1), tags.value(BITS, 1)
    apart = count > 1 and tags.value(PLANAR, 1) == APART
    pixel_bytes = max(4, (min(count, 5) if apart else count) * bits // 8)
    size = sized(tags.value(WIDTH, 0), tags.value(HEIGHT, 0), pixel_bytes)
    colour, photometric = kind(tags)
    own = 1 if photometric == PALETTE else COLOURS[colour]
    alpha, premultiplied = _alpha(tags, own, count)
    planes = [0]
    if apart:  # only those that mean something are named
        planes = [*range(own)] if alpha is None else [*range(own), alpha]
        if len(planes) == 2:
            planes.append(alpha or 0)  # of two planes both libraries mix the rows up, of three they do not
        count, alpha = len(planes), None if alpha is None else own
    declared = _declared(photometric, colour, count)
    fields = {tag: field for tag, field in tags.fields.items() if tag in KEPT}
    fields |= strips(data, tags, size, bits if len(planes) > 1 else bits * count, planes)
    numbers = {WIDTH: size[0], HEIGHT: size[1], COMPRESSION: tags.value(COMPRESSION, 1), PHOTOMETRIC: declared}
    numbers |= {SAMPLES: count, PLANAR: APART if len(planes) > 1 else 1}
    fields |= {tag: tags.field(number) for tag, number in numbers.items()} | {BITS: tags.field(*[bits] * count)}
    extra = count - {GREY: 1, PALETTE: 1, CMYK: 4}.get(declared, 3)
    if extra:
        fields[EXTRA] = tags.field(*[0] * extra)
    if photometric == PALETTE:  # the decoder puts three colours where one number stood
        count, alpha = count + 2, None if alpha is None else alpha + 2
    samples = Samples(colour, count, photometric == WHITE_IS_ZERO, alpha, premultiplied)
    return Header("tiff", *size, _turn(tags), with_directory(data, tags, fields), samples, pixel_bytes=pixel_bytes)


def _alpha(tags: Directory, own: int, count: int) -> tuple[int | None, bool]:
    """The number of the sample that is transparency, and whether the colours were multiplied by it.

    Raises:  DataError: when there are several samples beyond the colours and nothing says what they are.
    """
    said, others = tags.values(EXTRA), count - own
    if others < 0:
        raise DataError(f"corrupt: {count} samples a pixel, where its colours have {own}")
    if others and not said:  # as some write RGBA
        if others > 1:
            raise DataError(
                f"a TIFF of {count} samples a pixel, {others} of which are no colours and nothing says what they are",
                hint="save it as grey or RGB",
            )
        said = (TRANSPARENCY,)
    for place, meaning in enumerate(said[:others]):
        if meaning in (PREMULTIPLIED, TRANSPARENCY):
            return own + place, meaning == PREMULTIPLIED
    return None, False


def _declared(photometric: int, colour: str, count: int) -> int:
    """The photometric interpretation under which decoders give the samples as they stand."""
    if photometric == PALETTE or (photometric == YCBCR and colour == "rgb"):
        return photometric
    if count > 4:
        return CMYK  # with ImageMagick only inks and transparency make five
    return GREY if count < 3 else RGB


def _turn(tags: Directory) -> int:
    xmp = tags.fields.get(XMP)
    return first_said(next(iter(tags.values(ORIENTATION)), None), None if xmp is None else of_xmp(xmp.raw))
