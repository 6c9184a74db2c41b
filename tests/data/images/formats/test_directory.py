import struct

import pytest

from nnlab.data.images.formats.directory import Field, read_directory, with_directory


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_what_is_written_is_read(order: str, big: bool) -> None:
    start = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "H", 43 if big else 42)
    start += struct.pack(order + "HHQ", 8, 0, 16) if big else struct.pack(order + "I", 8)
    empty = start + struct.pack(order + ("Q" if big else "H"), 0) + bytes(8)
    old = read_directory(empty)
    assert old.big == big and dict(old.fields) == {}
    fields = {300: old.field(1, 2, 3, 70_000), 256: old.field(5), 700: Field(7, b"text"), 258: old.field(*[8] * 9)}
    written = with_directory(empty, old, fields)
    found = read_directory(written)
    assert list(found.fields) == [256, 258, 300, 700]
    assert found.values(300) == (1, 2, 3, 70_000)
    assert found.value(256, 0) == 5 and found.values(258) == (8,) * 9 and found.fields[700].raw == b"text"
    assert written.startswith(empty[:4]) and found.value(9999, 77) == 77


def test_of_a_tag_that_stands_twice_the_first_counts_and_what_is_beyond_the_file_is_lost() -> None:
    entries = [(274, 3, 1, 6), (274, 3, 1, 3), (700, 7, 99, 5000), (305, 2, 4, 0x41424344)]
    body = struct.pack("<H", 4) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    found = read_directory(b"II*\0\x08\0\0\0" + body)
    assert found.values(274) == (6,) and found.lost == {700}
    assert found.values(305) == ()  # text is no number


@pytest.mark.parametrize(
    "data", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff", b"II+\0" + b"\xff" * 40]
)
def test_one_that_ends_too_early_is_said(data: bytes) -> None:
    with pytest.raises(struct.error):
        read_directory(data)
