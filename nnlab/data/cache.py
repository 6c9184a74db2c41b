"""Cache: prepared images on disk, found again by what they were made of. Never stale, never a reason to fail."""

import contextlib
import hashlib
import json
import logging
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import nnlab.data.images.base
from nnlab.core import placement, placements, truth, warp
from nnlab.core.folders import cache_dir
from nnlab.core.truth import Truth
from nnlab.core.types import Array, Stored
from nnlab.data import luma, values
from nnlab.data.images.base import ImageLibrary
from nnlab.data.kept_truths import packed, unpacked
from nnlab.data.steps import base
from nnlab.data.steps.base import ImageStep

LOG = logging.getLogger("nnlab.data")

LIMIT_BYTES = 2 << 30
"""The most that the cache keeps; beyond it, entries not used for longest go first."""

LAYOUT = "nnlab prepared images 2"
"""What an entry's file starts with: changed when its layout changes.

Then a line of JSON, after the checksum of that: what the entry is, and its pixels' checksum; then the pixels, and the
truths that moved with them, which have a checksum as well.
"""


@dataclass(frozen=True, eq=False)
class Prepared:
    """The prepared images of a set, in memory or on disk.

    Options:  faults: why a sample could not be prepared, by its place.  from_cache: whether they were found here.
              content: a digest of what the files held.  truths: what is true of each sample's pixels.
    Shapes:  pixels: (samples, height, width, channels) uint8; of a sample with a fault, zeros
    """

    pixels: Stored
    faults: dict[int, str]
    from_cache: bool = False
    content: str = ""
    truths: Sequence[Truth] = ()

    def array(self) -> Array:
        """The pixels in memory."""
        pixels: Array = self.pixels if isinstance(self.pixels, np.ndarray) else self.pixels[:]
        return pixels


def key(
    digests: Iterable[bytes],
    steps: Sequence[ImageStep],
    library: ImageLibrary,
    *,
    wanted: tuple[int, int] | None = None,
) -> str:
    """The name of an entry: the files' contents in their order, the steps, what decodes, and the code of both."""
    from importlib.metadata import version  # slow to import, and what needs no cache needs it neither

    decoders = library.version, version("pillow")
    made_of = hashlib.sha256(repr((LAYOUT, decoders, list(steps), wanted, _code(steps, library))).encode())
    for digest in digests:
        made_of.update(digest)
    return made_of.hexdigest()[:40]


def _code(steps: Sequence[ImageStep], library: ImageLibrary) -> str:
    """A digest of the source files that make the pixels: an edited step must not meet what it made before."""
    modules = {type(library).__module__}
    modules |= {cls.__module__ for step in steps for cls in type(step).__mro__ if issubclass(cls, ImageStep)}
    files = {Path(file) for name in modules if (file := getattr(__import__(name, fromlist=["_"]), "__file__", None))}
    files |= {Path(str(module.__file__)) for module in (placement, placements, warp, truth, luma, values, base)}
    files |= set(Path(nnlab.data.images.base.__file__).parent.rglob("*.py"))
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def fetch(name: str) -> Prepared | None:
    """The entry of that name; None when there is none, or when it is damaged (said in one warning)."""
    path = _folder() / f"{name}.images"
    try:
        with path.open("rb") as file:
            if file.readline() != LAYOUT.encode() + b"\n":
                raise ValueError("not an entry")
            about = checked_line(file.readline())
            if about["name"] != name:
                raise ValueError("the entry of other files")
            pixels = np.empty(about["shape"], np.uint8)
            if file.readinto(pixels.data.cast("B")) != pixels.nbytes:
                raise ValueError("damaged: of another length")
            if zlib.crc32(pixels.data) != about["crc32"]:
                raise ValueError("damaged: the checksum of its pixels is wrong")
            truths = unpacked_truths(about.get("truths"), file.read())
        with contextlib.suppress(OSError):  # a folder that may only be read
            os.utime(path)  # used now: among the last to go
        return Prepared(pixels, {int(at): reason for at, reason in about["faults"].items()}, True, truths=truths)
    except (FileNotFoundError, NotADirectoryError):  # if entries cannot be kept either, `store` says so
        return None
    except OSError as error:
        LOG.warning("%s: the cache entry cannot be read (%s); images are prepared anew", path, error.strerror or error)
        return None
    except (ValueError, KeyError, TypeError, AttributeError, MemoryError) as error:
        LOG.warning("%s: the cache entry cannot be used (%s); images are prepared anew", path, error)
        return None


def has(name: str) -> bool:
    """Whether there is an entry of that name; it is not opened."""
    return (_folder() / f"{name}.images").is_file()


def store(name: str, entry: Prepared) -> None:
    """Keeps an entry, whole or not at all. What goes wrong is said in one warning."""
    truths = packed(entry.truths) if entry.truths else ({}, b"")
    pixels = entry.pixels
    if truths is None or not isinstance(pixels, np.ndarray) or pixels.nbytes + len(truths[1]) > LIMIT_BYTES // 2:
        return
    import tempfile  # takes a while, and who only looks keeps nothing

    folder = _folder()
    about = {"name": name, "shape": pixels.shape, "crc32": zlib.crc32(pixels.data), "faults": entry.faults}
    if entry.truths:
        about["truths"] = {**truths[0], "crc32": zlib.crc32(truths[1])}
    line = json.dumps(about).encode()
    temporary = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(LAYOUT.encode() + b"\n" + line_with_checksum(line))
            file.write(pixels.data.cast("B"))
            file.write(truths[1])
        Path(temporary).replace(folder / f"{name}.images")
        _forget_oldest(folder)
    except OSError as error:
        LOG.warning(
            "%s: prepared images cannot be kept (%s); NNLAB_CACHE_DIR names another folder, --no-disk-cache keeps none",
            folder,
            error.strerror or error,
        )
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def line_with_checksum(text: bytes) -> bytes:
    """A line that `checked_line` reads."""
    return b"%08x %s\n" % (zlib.crc32(text), text)


def checked_line(line: bytes) -> dict[str, Any]:
    """What the entry is. Raises ValueError: when that is not what was written."""
    if line[-1:] != b"\n" or line[:9] != b"%08x " % zlib.crc32(line[9:-1]):
        raise ValueError("damaged: the checksum of its head is wrong")
    about: dict[str, Any] = json.loads(line[9:])
    return about


def unpacked_truths(about: Mapping[str, Any] | None, content: bytes) -> Sequence[Truth]:
    """The truths that an entry ends with; none where it was kept without. Raises ValueError: when they are damaged."""
    if about is None and content:
        raise ValueError("damaged: of another length")
    if about is None:
        return ()
    if zlib.crc32(content) != about["crc32"]:
        raise ValueError("damaged: the checksum of its truths is wrong")
    return unpacked(about, content)


def _folder() -> Path:
    return cache_dir() / "prepared"


def _forget_oldest(folder: Path) -> None:
    """Removes what was not used for longest until the rest is within the limit; half-written files count as well."""
    files = []
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another run tidies as well
            status = path.stat()
            files.append((status.st_mtime, status.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= LIMIT_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size
