"""A directory of a TIFF file, or of EXIF data, which is one: tags with their values."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from nnlab.core.errors import DataError

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of a value, by the number of its kind."""

MOST_TAGS = 65_535
"""As many as a directory that is no BigTIFF's can have."""

WHOLE = {1: "B", 3: "H", 4: "I", 7: "B", 13: "I", 16: "Q", 18: "Q"}
"""Kinds that are whole numbers from 0, as struct writes them."""


@dataclass(frozen=True)
class Field:
    """A tag's values as they stand in the file: the number of their kind, and their bytes."""

    kind: int
    raw: bytes


@dataclass(frozen=True)
class Directory:
    """The first directory.

    Options:  order: "<" or ">".  big: whether it is a BigTIFF's, with offsets of 8 bytes.
              fields: by tag; of a tag that stands twice, the first.  lost: tags whose values the file does not hold.
    """

    order: str
    big: bool
    fields: Mapping[int, Field]
    lost: frozenset[int]

    def values(self, tag: int) -> tuple[int, ...]:
        """The whole numbers of a tag; none when it is not there, or of another kind."""
        field = self.fields.get(tag)
        if field is None or field.kind not in WHOLE:
            return ()
        count = len(field.raw) // SIZES[field.kind]
        return struct.unpack(f"{self.order}{count}{WHOLE[field.kind]}", field.raw)

    def value(self, tag: int, default: int) -> int:
        """The first number of a tag."""
        return next(iter(self.values(tag)), default)

    def field(self, *values: int) -> Field:
        """Values of this directory's own: 16 bits each where that is enough, else 32, else 64."""
        most = max(values, default=0)
        kind = 3 if most < 1 << 16 else 4 if most < 1 << 32 else 16
        return Field(kind, struct.pack(f"{self.order}{len(values)}{WHOLE[kind]}", *values))


def read_directory(data: bytes) -> Directory:
    """The first directory of a TIFF or BigTIFF file, or of EXIF data.

    Source:  Adobe, "TIFF Revision 6.0", 1992, section 2; "The BigTIFF File Format", AWare Systems, 2007.
    Raises:  struct.error: when it ends too early.  DataError: when it has more tags than any.
    """
    order = "<" if data[:1] == b"I" else ">"
    big = struct.unpack_from(order + "H", data, 2)[0] == 43
    (at,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    (count,) = struct.unpack_from(order + ("Q" if big else "H"), data, min(at, len(data)))
    entry, pointer, first, inside = ("HHQ", "Q", at + 8, 8) if big else ("HHI", "I", at + 2, 4)
    step, lost = (20 if big else 12), set[int]()
    fields: dict[int, Field] = {}
    if count > MOST_TAGS:
        raise DataError(f"corrupt: its directory says {count:,} tags")
    if first + count * step > len(data):
        raise struct.error("the directory ends too early")
    for place in range(first, first + count * step, step):
        tag, kind, number = struct.unpack_from(order + entry, data, place)
        length = SIZES.get(kind, 1) * number
        where = place + step - inside
        if length > inside:
            (where,) = struct.unpack_from(order + pointer, data, where)
        if where + length > len(data):
            lost.add(tag)
        else:
            fields.setdefault(tag, Field(kind, data[where : where + length]))
    return Directory(order, big, fields, frozenset(lost))


def with_directory(data: bytes, old: Directory, fields: Mapping[int, Field]) -> bytes:
    """The file with these fields as its only directory, sorted; everything else stays where it is."""
    order, pointer = old.order, "Q" if old.big else "I"
    inside, head = (8, 16) if old.big else (4, 8)
    body = data + b"\0" * (-len(data) % 8)
    at, values = len(body), bytearray()
    entries = struct.pack(order + ("Q" if old.big else "H"), len(fields))
    after = at + len(entries) + len(fields) * (20 if old.big else 12) + inside
    for tag, field in sorted(fields.items()):
        count = len(field.raw) // SIZES.get(field.kind, 1)
        entries += struct.pack(order + "HH" + pointer, tag, field.kind, count)
        if len(field.raw) <= inside:
            entries += field.raw.ljust(inside, b"\0")
        else:
            entries += struct.pack(order + pointer, after + len(values))
            values += field.raw + b"\0" * (-len(field.raw) % 8)
    start = body[: head - inside] + struct.pack(order + pointer, at)
    return b"".join([start, body[head:], entries, b"\0" * inside, values])
