"""Tar files that lie: each is refused in a line, and nothing is read that is not there."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.header import file_bytes
from nnlab.data.tars.headers import Member, members
from nnlab.data.tars.members import index_of, is_member


def packed(*entries: tuple[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format) as tar:
        for name, content in entries:
            tar.addfile(sized(name, len(content)), io.BytesIO(content))
    return file.getvalue()


def sized(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    return info


def odd(kind: bytes, name: str = "a.jpg", link: str = "") -> bytes:
    """A member of that kind, as anybody can write it."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


def listed(data: bytes) -> list[Member]:
    return list(members(io.BytesIO(data), len(data)))


LONG = "folder/" * 40 + "picture.jpg"


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_what_tarfile_writes(format: int) -> None:
    names = ["a.jpg", "./b//c.cls", "f/" * 60 + "long.jpg", "grün.jpg"] + [LONG] * (format != tarfile.USTAR_FORMAT)
    entries = [(name, name.encode() * (at + 1)) for at, name in enumerate(names)]
    data = packed(*entries, ("empty.txt", b""), format=format)
    found = listed(data)
    assert [member.name for member in found] == ["a.jpg", "b/c.cls", *names[2:], "empty.txt"]
    for member, (_, content) in zip(found, entries, strict=False):
        assert data[member.offset : member.offset + member.size] == content


def test_folders_are_passed_over_and_zeros_end_it() -> None:
    folder = tarfile.TarInfo("folder")
    folder.type = tarfile.DIRTYPE
    data = folder.tobuf() + packed(("folder/a.jpg", b"x")) + b"whatever comes after the end"
    assert [member.name for member in listed(data)] == ["folder/a.jpg"]
    assert listed(bytes(512)) == []


def test_a_size_that_pax_says() -> None:
    """As archivers write what octal digits cannot say."""
    info = sized("a.jpg", 5)
    info.pax_headers = {"size": "5", "path": "other.jpg", "comment": "x" * 600}
    data = info.tobuf(tarfile.PAX_FORMAT) + b"12345" + bytes(507) + bytes(1024)
    assert [(member.name, member.size) for member in listed(data)] == [("other.jpg", 5)]


def corrupt(offset: int, value: bytes, data: bytes = b"") -> bytes:
    """A tar file with other bytes in its first header, whose checksum is right again."""
    header = bytearray((data or packed(("a.jpg", b"x" * 600)))[:512])
    header[offset : offset + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + (data or packed(("a.jpg", b"x" * 600)))[512:]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (odd(tarfile.SYMTYPE, link="/etc/passwd"), "a.jpg is a link"),
        (odd(tarfile.LNKTYPE, link="b.jpg"), "a.jpg is a link"),
        (odd(tarfile.CHRTYPE), "a.jpg is a device"),
        (odd(tarfile.BLKTYPE), "a.jpg is a device"),
        (odd(tarfile.FIFOTYPE), "a.jpg is a named pipe"),
        (odd(tarfile.GNUTYPE_SPARSE), "a.jpg is a sparse file"),
        (odd(b"V"), "of the kind b'V'"),
        (packed(("/etc/passwd", b"x")), "/etc/passwd lies outside"),
        (packed(("a/../../b.jpg", b"x")), "lies outside"),
        (corrupt(124, b"77777777777\0"), "a.jpg has 8,589,934,591 bytes, and the file ends after"),
        (corrupt(124, b"\x80" + b"\xff" * 11), "truncated: a.jpg has"),
        (corrupt(124, b"\xff" * 12), "a.jpg has no size"),
        (corrupt(124, b"12345678zzz\0"), "a.jpg has no size"),
        (packed(("a.jpg", b"x" * 600))[:700], "truncated: a.jpg has 600 bytes, and the file ends after 188"),
        (b"", "empty (0 bytes)"),
        (packed(("a.jpg", b"x"))[:1024], "truncated: it ends without"),
        (packed(("a.jpg", b"x"))[:900], "truncated: it ends without"),
        (packed(("a.jpg", b"x"))[:300], "truncated: it ends within a header"),
        (packed(("a.jpg", b"x"))[:1024] + b"y" * 512, "what stands at byte 1,024 is no header"),
        (gzip.compress(packed(("a.jpg", b"x"))) + bytes(512), "packed by gzip"),
        (b"BZh9" + bytes(600), "packed by bzip2"),
        (b"<html>" + b" " * 600, "no tar file"),
        (corrupt(156, b"x"), "is no pax header"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(DataError) as caught:
        listed(data)
    assert says in str(caught.value) and caught.value.exit_code == 5 and "\n" not in str(caught.value)


def test_a_name_of_many_bytes_is_not_read() -> None:
    data = corrupt(156, b"L", corrupt(124, b"00010000000\0", packed(("a.jpg", bytes(3 << 20)))))
    with pytest.raises(DataError, match="a name of 2,097,152 bytes"):
        listed(data)


def test_members_by_paths_that_lead_into_it(tmp_path: Path) -> None:
    tar = tmp_path / "set.tar"
    tar.write_bytes(packed(("x/a.jpg", b"first"), ("b.jpg", b"second")))
    assert file_bytes(tar / "x" / "a.jpg") == b"first" and file_bytes(tar / "b.jpg") == b"second"
    assert is_member(tar / "b.jpg") and not is_member(tar / "c.jpg") and not is_member(tmp_path / "b.jpg")
    with pytest.raises(DataError, match="no such member"):
        file_bytes(tar / "c.jpg")
    tar.write_bytes(packed(("b.jpg", b"another that is longer")))
    assert file_bytes(tar / "b.jpg") == b"another that is longer"
    folder = tmp_path / "folder.tar"  # which is one
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"a file")
    assert file_bytes(folder / "a.jpg") == b"a file"


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    tar = tmp_path / "set.tar"
    tar.write_bytes(packed(("a.jpg", b"1"), ("./a.jpg", b"2")))
    with pytest.raises(DataError, match=r"two members of the name a\.jpg") as caught:
        index_of(tar)
    assert str(tar) in str(caught.value)
