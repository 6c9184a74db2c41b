"""Where a TIFF's pixels lie: in strips, or in tiles."""

from bisect import bisect_right
from collections.abc import Sequence

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import MOST_PARTS
from nnlab.data.images.formats.directory import Directory, Field

COMPRESSION, ROWS, STRIP_OFFSETS, STRIP_BYTES = 259, 278, 273, 279
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 322, 323, 324, 325
NOT_PACKED, OLD_JPEG = 1, 6


def strips(data: bytes, tags: Directory, size: tuple[int, int], bits: int, planes: Sequence[int]) -> dict[int, Field]:
    """The fields that say where the pixels lie: those of the given planes, their lengths found where none are said.

    Options:  bits: of a pixel of one plane.  planes: those that are wanted; [0] where a pixel's samples stand together.
    Raises:  DataError: when the file does not say it, or does not hold them.
    """
    width, height = size
    tiled = TILE_WIDTH in tags.fields
    across, down = width, min(tags.value(ROWS, height) or height, height)
    if tiled:
        across, down = tags.value(TILE_WIDTH, 0), tags.value(TILE_HEIGHT, 0)
    if across < 1 or down < 1:
        raise DataError(f"corrupt: its tiles have {across} x {down} pixels")
    where, long = (TILE_OFFSETS, TILE_BYTES) if tiled else (STRIP_OFFSETS, STRIP_BYTES)
    offsets, lengths = tags.values(where), tags.values(long)
    packed = tags.value(COMPRESSION, NOT_PACKED)
    if not offsets and packed == OLD_JPEG:
        return {}  # older files say it in other tags
    each = -(-width // across) * -(-height // down)
    if each > MOST_PARTS:
        raise DataError(f"its pixels lie in {each:,} parts, which no picture needs; save it anew")
    if len(offsets) < each * (max(planes) + 1):
        raise DataError(f"corrupt: it says where {len(offsets)} of its {each * (max(planes) + 1)} parts lie")
    edges, found = sorted({*offsets, len(data)}), []
    for number in (plane * each + part for plane in planes for part in range(each)):
        last = number % each == each - 1 and not tiled
        full = -(-across * bits // 8) * (height - (each - 1) * down if last else down)
        said = lengths[number] if number < len(lengths) else 0
        found.append((offsets[number], _length(offsets[number], said, full if packed == NOT_PACKED else None, edges)))
    fields = {where: tags.field(*(offset for offset, _ in found)), long: tags.field(*(length for _, length in found))}
    return fields if tiled else fields | {ROWS: tags.field(down)}


def _length(offset: int, said: int, full: int | None, edges: Sequence[int]) -> int:
    """How many bytes a part takes: what is said, or what it must; of a packed one, up to where the next begins.

    Options:  full: bytes of a part that is not packed.  edges: where parts begin, and the file ends; in order.
    """
    if offset == said == 0:
        return 0  # a part without any pixels, as is allowed
    room = edges[-1] - offset
    if full is not None:
        said = min(said or full, full)
    if room <= 0 or (full is not None and room < said):
        raise DataError("truncated: its pixels end too early")
    return min(said or edges[bisect_right(edges, offset)] - offset, room)
