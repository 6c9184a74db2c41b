"""What a tar file holds, header by header: nothing is unpacked, and nothing of a stranger's is believed unasked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from nnlab.core.errors import DataError
from nnlab.core.printing import printable

BLOCK = 512

MOST_NAME_BYTES = 1 << 20
"""Of what stands before a member and says its name: more than any has."""

KINDS = {
    b"1": "a link", b"2": "a link", b"3": "a device", b"4": "a device", b"6": "a named pipe", b"S": "a sparse file",
}  # fmt: skip
"""Members that are no files of bytes."""

PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
"""First bytes of files that are packed."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a tar file.  Options:  name: its path, with slashes.  offset, size: where its bytes are."""

    name: str
    offset: int
    size: int


def members(file: BinaryIO, length: int) -> Iterator[Member]:
    """The files in their order; folders are passed over.

    Options:  length: of the whole file, in bytes.
    Raises:   DataError: it is no tar file, ends too early, or has a member that is no file or lies outside.
    Source:   POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar's long names.
    """
    place, said = 0, dict[str, str]()
    while place < length:
        file.seek(place)
        header = file.read(BLOCK)
        if not any(header) and len(header) == BLOCK:  # a block of zeros ends it
            return
        kind, member = header[156:157], _member(header, place)
        if "size" in said:
            member = replace(member, size=_size_of(said["size"], place))
        if member.offset + member.size > length:
            what = f"truncated: {printable(member.name)} has {member.size:,} bytes, and the file ends after"
            raise DataError(f"{what} {length - member.offset:,} of them")
        place = member.offset + -(-member.size // BLOCK) * BLOCK
        if kind in b"LKxg":
            said |= _said(file, member, kind)
            continue
        member = replace(member, name=said.get("path", member.name))
        sparse = any(key.startswith("GNU.sparse") for key in said)
        said = {}
        if kind == b"5" or (kind in b"\0" and member.name.endswith("/")):
            continue
        if sparse or kind not in (b"0", b"\0", b"7"):
            what = KINDS[b"S"] if sparse else KINDS.get(kind, f"of the kind {kind!r}")
            raise DataError(f"its member {printable(member.name)} is {what}, which is not read")
        yield replace(member, name=_within(member.name))
    raise DataError("truncated: it ends without a block of zeros" if length else "empty (0 bytes)")


def _member(header: bytes, place: int) -> Member:
    if place == 0 and (packed := next((name for start, name in PACKED.items() if header.startswith(start)), None)):
        raise DataError(f"packed by {packed}", hint="unpack it")
    if len(header) < BLOCK:
        raise DataError("truncated: it ends within a header")
    if not _is_sound(header):
        if place == 0:
            raise DataError("no tar file")
        raise DataError(f"corrupt: what stands at byte {place:,} is no header")
    name = _text(header[:100])
    if header[257:263] == b"ustar\0" and header[345]:
        name = f"{_text(header[345:500])}/{name}"
    size = _number(header[124:136])
    if size is None or size < 0:
        raise DataError(f"corrupt: {printable(name)} has no size")
    return Member(name, place + BLOCK, size)


def _is_sound(header: bytes) -> bool:
    """Whether its bytes add up to what it says, itself left out; of signed bytes, as some add them, too."""
    total, said = sum(header) - sum(header[148:156]) + 8 * 32, _number(header[148:156])
    return said == total or said == total - 256 * sum(byte > 127 for byte in header[:148] + header[156:])


def _said(file: BinaryIO, member: Member, kind: bytes) -> dict[str, str]:
    """What a header says of the member after it: its path, its size."""
    if member.size > MOST_NAME_BYTES:
        raise DataError(f"corrupt: a name of {member.size:,} bytes")
    content = file.read(member.size)
    if kind == b"L":
        return {"path": _text(content)}
    found: dict[str, str] = {}
    while kind == b"x" and content:
        length, space, _ = content.partition(b" ")
        if not (space and length.isdigit() and len(length) < 8 and len(length) + 1 < int(length) <= len(content)):
            raise DataError(f"corrupt: what stands at byte {member.offset:,} is no pax header")
        key, _, value = content[len(length) + 1 : int(length) - 1].partition(b"=")
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        content = content[int(length) :]
    return found


def _size_of(text: str, place: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise DataError(f"corrupt: the header before byte {place:,} says no size")
    return int(text)


def _number(field: bytes) -> int | None:
    """Octal digits, or GNU's bytes for what has more; None where it is neither."""
    if field[0] in (0x80, 0xFF):
        return int.from_bytes(field[1:], "big") - (256 ** (len(field) - 1) if field[0] == 0xFF else 0)
    digits = field.strip(b" \0")
    return int(digits or b"0", 8) if all(48 <= digit < 56 for digit in digits) else None


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _within(name: str) -> str:
    """A name without what says nothing (`./a//b`).  Raises DataError: it leads elsewhere."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name or not parts:
        raise DataError(f"its member {printable(name)} lies outside of it")
    return "/".join(parts)
