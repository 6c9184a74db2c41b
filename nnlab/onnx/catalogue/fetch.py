"""Models that are kept: fetched from their publisher when asked for, or taken over from a file."""

import contextlib
import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from nnlab import __version__
from nnlab.core.errors import DataError, RunError, UsageError
from nnlab.onnx.catalogue.catalogue import Entry
from nnlab.onnx.catalogue.files import SUFFIX, cache_folder
from nnlab.onnx.file.read import read_model
from nnlab.onnx.places import one_line

CHUNK = 1 << 18
TIMEOUT_SECONDS = 30
MOST_BYTES = 4 << 30
"""Of a model file: more than any in the catalogue has."""

Progress = Callable[[int, int], None]
"""Called as progress(bytes there, bytes in all); 0 in all where the server does not say."""


def fetch(entry: Entry, *, unverified: bool = False, progress: Progress | None = None) -> tuple[Path, bool]:
    """The entry's file in the cache folder, and whether it was fetched now (False: it was there, and sound).

    What an interrupted fetch left behind is gone on with. A file is only kept under its name when its checksum is the
    publisher's and it is a sound ONNX model.

    Raises:  UsageError: no checksum is known, and `unverified` was not asked for.
             DataError: no address, no answer, another checksum (nothing is kept), or not a sound model.
    """
    if not entry.url:
        hint = f"see {entry.see}, then type: nnlab models add {entry.name} FILE"
        raise DataError("its publisher's address is not known", where=entry.name, hint=hint)
    if not entry.checksum and not unverified:
        what = f"no checksum is known, so nothing would tell a wrong file ({entry.url})"
        raise UsageError(what, where=entry.name, hint="to take it as it comes, add --unverified")
    path = cache_folder() / f"{entry.name}{SUFFIX}"
    if path.is_file() and (not entry.checksum or _digest(path, entry.checksum) == entry.checksum):
        return path, False
    part = path.with_name(f".{path.name}.part")
    with _writing(path), _alone(part) as file:
        _download(entry, file, progress)
        _accept(entry, part)
        part.replace(path)
    return path, True


def add(name: str, source: Path, *, force: bool = False) -> Path:
    """A copy of a local model in the cache folder, values in other files included.

    Raises:  DataError: not a sound model.  UsageError: not a name, or one that is taken (unless `force`).
    """
    if not name.strip() or Path(name).name != name or name.startswith(".") or name.endswith(SUFFIX):
        raise UsageError("must be a plain name, such as my_model", where=repr(name))
    path = cache_folder() / f"{name}{SUFFIX}"
    if path.exists() and not force:
        raise UsageError(f"there is a model of this name ({path})", where=name, hint="choose another, or add --force")
    view = read_model(source)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _writing(path):
        try:
            part.write_bytes(view.proto.SerializeToString())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return path


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Makes the folder; a failure to write there is one line. Raises RunError: naming it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        hint = "free some space, or name another folder in NNLAB_CACHE_DIR"
        raise RunError(f"cannot be written ({error.strerror or error})", where=str(path), hint=hint) from error


@contextlib.contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """The half-fetched file, opened to go on with. Raises RunError: another process is fetching it."""
    with part.open("ab") as file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # no such locks there
            pass
        except OSError as error:
            raise RunError("is being fetched by another process", where=str(part)) from error
        yield file


def _download(entry: Entry, file: IO[bytes], progress: Progress | None) -> None:
    """Appends what is missing. Raises DataError: when the connection or the server fails; the part is kept."""
    have = file.tell()
    headers = {"User-Agent": f"nnlab/{__version__}"} | ({"Range": f"bytes={have}-"} if have else {})
    again = f"check the network, then type again: nnlab models fetch {entry.name}"
    try:
        request = urllib.request.Request(_web(entry.url), headers=headers)
        with urllib.request.build_opener(_NoLessSafe).open(request, timeout=TIMEOUT_SECONDS) as answer:
            if have and answer.status != 206:  # the server began anew
                file.truncate(0)
                have = 0
            total = _total(answer.headers.get("Content-Length"), have, entry)
            have = _copy(answer, file, have, total, progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:  # nothing is missing
            return
        said = f"{entry.url} answers {error.code} {one_line(error.reason)}"
        raise DataError(said, where=entry.name, hint=again) from None
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError, ValueError) as error:
        reason = one_line(getattr(error, "reason", None) or error)
        raise DataError(f"{entry.url} cannot be reached ({reason})", where=entry.name, hint=again) from None
    if have < total:
        what = f"the connection ended after {have:,} of {total:,} bytes"
        raise DataError(what, where=entry.name, hint=f"to go on, type again: nnlab models fetch {entry.name}")


class _NoLessSafe(urllib.request.HTTPRedirectHandler):
    """Follows redirects to the web alone, and from an encrypted connection to none that is not."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """The next request. Raises URLError: when it would be less safe than this one."""
        if not newurl.startswith(("https://",) if req.type == "https" else ("https://", "http://")):
            fp.close()
            raise urllib.error.URLError(f"it leads to {newurl}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _total(said: str | None, have: int, entry: Entry) -> int:
    """How many bytes there will be; 0 where the server does not say. Raises DataError: it says no number."""
    if not said:
        return 0
    if not said.isdecimal() or len(said) > 20:
        raise DataError(f"{entry.url} says no length that is one ({one_line(said)})", where=entry.name)
    if have + int(said) > MOST_BYTES:
        raise DataError(f"is larger than {MOST_BYTES / 2**30:.0f} GiB", where=entry.url)
    return have + int(said)


def _copy(answer: Any, file: IO[bytes], have: int, total: int, progress: Progress | None) -> int:
    while chunk := _read(answer):
        have += len(chunk)
        if have > MOST_BYTES:
            file.truncate(0)
            raise DataError(f"is larger than {MOST_BYTES / 2**30:.0f} GiB", where="the file that is offered")
        file.write(chunk)
        if progress:
            progress(have, total)
    file.flush()
    os.fsync(file.fileno())
    return have


def _read(answer: Any) -> bytes:
    """The next bytes. Raises URLError: when they do not come; the disk is not to blame then."""
    try:
        return bytes(answer.read(CHUNK))
    except OSError as error:
        raise urllib.error.URLError(error) from error


def _accept(entry: Entry, part: Path) -> None:
    """Raises DataError: when the file is not the publisher's, or not a model; it is then removed."""
    try:
        if entry.checksum and (found := _digest(part, entry.checksum)) != entry.checksum:
            what = f"the file from {entry.url} has {found}, and its publisher says {entry.checksum}"
            raise DataError(f"{what}; nothing was kept", where=entry.name)
        read_model(part)
    except DataError:
        part.unlink(missing_ok=True)
        raise


def _digest(path: Path, like: str) -> str:
    """A file's checksum in the form of another: "sha256:..."."""
    kind = like.partition(":")[0]
    with path.open("rb") as file:
        return f"{kind}:{hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()}"


def _web(url: str) -> str:
    """The address. Raises DataError: when it is none of the web's (a file's, say)."""
    if not url.startswith(("https://", "http://")):
        raise DataError(f"is not an address of the web ({url})", where="url")
    return url
