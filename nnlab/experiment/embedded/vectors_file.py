"""Vectors of pictures in a file: .npz for programs and for `nnlab similar`, .csv for people."""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.core.spreadsheet import cell
from nnlab.core.types import Array
from nnlab.tracking.files import write_whole

KEYS = ("vectors", "sources", "model")

MOST_BYTES = 4 << 30
"""That such a file may unfold to."""

HINT = "write one with nnlab embed RUN PATH... --output=vectors.npz"


@dataclass(frozen=True, eq=False)
class EmbeddedPictures:
    """The vectors of pictures.

    Options:  sources: how each picture is named; a path, as it was typed.  model: a digest of the weights that made
              them.
    Shapes:   vectors: (pictures, channels), float32, each of length 1
    """

    vectors: Array
    sources: Sequence[str]
    model: str

    def write(self, path: Path) -> None:
        """Writes them, in the form that the name's end says. Raises RunError: it cannot be."""
        write_whole(path, self._csv() if path.suffix.lower() == ".csv" else self._npz(), hint="choose another --output")

    def _npz(self) -> bytes:
        held = io.BytesIO()
        np.savez(held, vectors=self.vectors, sources=np.array(self.sources, np.str_), model=np.array(self.model))
        return held.getvalue()

    def _csv(self) -> str:
        head = ",".join(["picture", *map(str, range(1, self.vectors.shape[1] + 1))])
        numbers = (",".join(f"{number:.9g}" for number in row) for row in self.vectors.tolist())  # 9: all of float32
        rows = (f"{cell(source)},{row}" for source, row in zip(self.sources, numbers, strict=True))
        return "\n".join((head, *rows)) + "\n"


def refuse_ending(path: str) -> None:
    """Raises UsageError: unless a name says which form the file is to have."""
    if Path(path).suffix.lower() not in (".npz", ".csv"):
        raise UsageError("is neither .npz nor .csv", where=f"--output={printable(path)}", hint="such as vectors.npz")


def holds_vectors(path: Path) -> bool:
    """Whether a gallery is such a file, and not pictures in an .npz."""
    if path.suffix.lower() != ".npz" or not path.is_file():
        return False
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            return f"{KEYS[0]}.npy" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return True  # which is said when it is read


def read_vectors(path: Path) -> EmbeddedPictures:
    """A file of vectors. Raises DataError: it cannot be read, or is none."""
    where = printable(path)
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise DataError(f"unfolds to more than {MOST_BYTES >> 30} GiB", where=where, hint=HINT)
            file.seek(0)
            with np.load(file, allow_pickle=False) as loaded:
                arrays = {key: loaded[key] for key in KEYS if key in loaded.files}
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=where, hint=HINT) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise DataError("is no file of vectors", where=where, hint=HINT) from error
    if fault := _fault(arrays):
        raise DataError(f"is no file of vectors: {fault}", where=where, hint=HINT)
    sources = tuple(map(str, arrays["sources"].tolist()))
    return EmbeddedPictures(arrays["vectors"].astype(np.float32), sources, str(arrays["model"]))


def _fault(arrays: Mapping[str, Array]) -> str | None:
    """Why these arrays are no vectors with their pictures; None where they are."""
    if missing := [key for key in KEYS if key not in arrays]:
        return f"it lacks {' and '.join(missing)}"
    vectors, sources = arrays["vectors"], arrays["sources"]
    if vectors.ndim != 2 or vectors.dtype.kind != "f" or not vectors.size:
        return f"vectors are {vectors.dtype} of {vectors.shape}, and not (pictures, channels)"
    if sources.shape != (len(vectors),) or sources.dtype.kind != "U":
        return f"it has {len(vectors)} vectors, and sources of {sources.shape}"
    if not np.isfinite(vectors).all():
        return "some of them are no finite numbers"
    return None
