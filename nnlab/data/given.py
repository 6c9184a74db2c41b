"""Given: what a sample's files hold, as bytes, and a digest of it."""

import functools
import hashlib
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.placement import Placement
from nnlab.core.printing import printable
from nnlab.core.truth import Label, Truth
from nnlab.core.types import Pixels
from nnlab.data import kept_truths
from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.header import file_bytes
from nnlab.data.source import Sample
from nnlab.data.videos.frames import digest_of, frames


@dataclass(frozen=True, eq=False)
class Filed(Truth, ABC):
    """A truth that lies in a file of its own, a mask's picture say: it is read when its picture is.

    Options:  path: the file.
    """

    path: Path

    @abstractmethod
    def read(self, encoded: bytes, lib: ImageLibrary) -> Truth:
        """What the bytes of the file say.  Raises DataError: when they are not what they should be."""

    def moved(self, placement: Placement) -> Truth:
        """Raises TypeError: it is to be read first."""
        raise TypeError(f"{self.path} was not read")


@dataclass(frozen=True, eq=False)
class Given:
    """What there is to prepare a sample of; an error where a file cannot be read.

    Options:  picture, truth: the bytes of the files; no truth where it lies in none; the pixels of a row of an array.
              digest: of all that pixels and truth are made of.
    """

    sample: Sample
    picture: bytes | Pixels | DataError
    truth: bytes | DataError | None
    digest: bytes

    @classmethod
    def of(cls, sample: Sample) -> "Given":
        """The sample's files, read."""
        pixels = sample.pixels
        picture = _bytes_or_fault(sample.path) if pixels is None else pixels
        digest, truth = _digest(picture), None
        if isinstance(sample.truth, Filed):
            truth = _bytes_or_fault(sample.truth.path)
            said = repr([value for name, value in vars(sample.truth).items() if name != "path"]).encode()
            digest = hashlib.sha256(digest + _digest(truth) + _code(type(sample.truth)) + said).digest()
        elif sample.truth.moves:
            digest = hashlib.sha256(digest + kept_truths.digest(sample.truth)).digest()
        return cls(sample, picture, truth, digest)

    def unmoved(self, lib: ImageLibrary) -> Truth:
        """What is true of the picture as it is in its file.

        Raises:  DataError: naming the file that it lies in.
        """
        truth = self.sample.truth
        if not isinstance(truth, Filed):
            return truth
        try:
            if isinstance(self.truth, DataError):
                raise self.truth
            return truth.read(self.truth or b"", lib)
        except DataError as error:
            raise DataError(error.what, where=printable(truth.path), hint=error.hint) from error


def given_together(samples: Sequence[Sample]) -> Iterator[Given]:
    """What there is of each of some samples: one, or frames of one video, decoded in turn, one of them in memory."""
    if samples[0].moment is None:
        yield from map(Given.of, samples)
        return
    pixels = frames(samples[0].path, [sample.moment or 0.0 for sample in samples])
    digests = _of_frames(samples)
    fault: DataError | None = None
    for sample, digest in zip(samples, digests, strict=True):
        if fault is None:
            try:
                yield Given(sample, next(pixels), None, digest)
                continue
            except DataError as error:  # of all frames after it too
                fault = DataError(error.what)
        yield Given(sample, fault, None, digest)


def digests_together(samples: Sequence[Sample]) -> list[bytes]:
    """The digests of the same; of frames, without decoding them."""
    if samples[0].moment is None:
        return [Given.of(sample).digest for sample in samples]
    return _of_frames(samples)


def _of_frames(samples: Sequence[Sample]) -> list[bytes]:
    """Of the whole file, and of the time in it."""
    whole = digest_of(samples[0].path)
    return [hashlib.sha256(whole + repr(sample.moment).encode()).digest() for sample in samples]


def content_of(samples: Sequence[Sample], digests: Sequence[bytes]) -> str:
    """A digest of all files together, in whatever order they come, as 16 hexadecimal digits."""
    whole = hashlib.sha256()
    pairs = sorted(zip(samples, digests, strict=True), key=lambda pair: (pair[0].source, pair[1]))
    for sample, digest in pairs:
        whole.update(hashlib.sha256(sample.source.encode()).digest() + digest)
        if not (isinstance(sample.truth, Label) or sample.truth.moves):  # neither in the name nor in the digest
            whole.update(kept_truths.digest(sample.truth))
    return whole.hexdigest()[:16]


@functools.cache
def _code(kind: type[Filed]) -> bytes:
    """Of the source file that reads such truths: what an edited one reads must not be met by what it read before."""
    file = sys.modules[kind.__module__].__file__
    return hashlib.sha256(Path(file).read_bytes() if file else b"").digest()


def _bytes_or_fault(path: Path) -> bytes | DataError:
    try:
        return file_bytes(path)
    except DataError as error:
        return error


def _digest(found: bytes | Pixels | DataError) -> bytes:
    """Of a file that cannot be read: of the reason."""
    if isinstance(found, np.ndarray):
        return hashlib.sha256(b"%d %d %d " % found.shape + found.tobytes()).digest()
    return hashlib.sha256(found if isinstance(found, bytes) else b"unreadable: " + str(found).encode()).digest()
