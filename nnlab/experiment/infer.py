"""Inference: pictures in, an answer for each, and the files that are made of them."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from nnlab.core.errors import DataError
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.images.header import file_bytes
from nnlab.data.pictures import SHEET, Picture
from nnlab.onnx.inference.masks import cut_out, on_checkerboard, overlay
from nnlab.onnx.inference.predictor import Answer
from nnlab.tracking.files import write_whole, writing

if TYPE_CHECKING:
    from nnlab.tracking.contact_sheet import Tile

MOST_TILES = 48
"""How many pictures a contact sheet shows: the first ones."""

Progress = Callable[[int, int], None]
"""Called as progress(pictures done, pictures in all)."""


class Predictor(Protocol):
    """What says what a picture shows: a trained run, or an ONNX model on an engine."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes; empty where they are not known."""
        ...

    @property
    def batch(self) -> int:
        """How many pictures it likes to be given at once."""
        ...

    @property
    def library(self) -> ImageLibrary:
        """What decodes pictures for it."""
        ...

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture."""
        ...


@dataclass(frozen=True)
class Row:
    """A result without its pixels: what is told of a picture.

    Options:  ranking: the classes and their probabilities, the likeliest first; empty for a mask.
              probabilities: in the order of the labels.  covered: the share of the picture that a mask takes.
    """

    source: str
    seconds: float
    labels: tuple[str, ...] = ()
    probabilities: list[float] | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    covered: float | None = None
    output: str | None = None
    error: str | None = None

    @property
    def label(self) -> str | None:
        """The likeliest class."""
        return self.ranking[0][0] if self.ranking else None

    @property
    def confidence(self) -> float | None:
        """Its probability."""
        return self.ranking[0][1] if self.ranking else None


@dataclass(frozen=True, eq=False)
class Result:
    """What came of one picture.

    Options:  error: why there is no answer; None where there is one.  labels: of all classes, those of the answer.
              output: the file that was made of it.  seconds: from its bytes to its files.
    """

    source: str
    seconds: float
    answer: Answer | None = None
    labels: tuple[str, ...] = ()
    output: Path | None = None
    error: str | None = None

    def row(self) -> Row:
        """What is told of it."""
        output = None if self.output is None else str(self.output)
        answer = self.answer or Answer()
        if answer.mask is not None:
            return Row(self.source, self.seconds, covered=float((answer.mask >= 128).mean()), output=output)
        if answer.probabilities is None:
            return Row(self.source, self.seconds, error=self.error)
        shares = [float(share) for share in answer.probabilities]
        order = sorted(range(len(shares)), key=lambda place: -shares[place])
        ranking = tuple((self.labels[place], shares[place]) for place in order)
        return Row(self.source, self.seconds, self.labels, shares, ranking, output=output)


@dataclass(eq=False)
class Inference:
    """Pictures looked at one after the other; `failed` counts those that could not be read.

    Options:  output: the folder that files are written to; None writes none.
    """

    predictor: Predictor
    output: Path | None = None
    failed: int = field(default=0, init=False)
    _tiles: "list[Tile]" = field(default_factory=list, init=False)

    def results(self, pictures: Sequence[Picture], progress: Progress | None = None) -> Iterator[Result]:
        """A result for each picture, in their order; at most a batch of them is held in memory.

        Raises:  DataError: the model does not give what can be read.  RunError: files cannot be written.
        """
        if self.output is not None:
            with writing(self.output, hint="choose another folder with --output"):
                self.output.mkdir(parents=True, exist_ok=True)
        for first in range(0, len(pictures), self.predictor.batch):
            yield from self._batch(pictures[first : first + self.predictor.batch])
            if progress:
                progress(min(first + self.predictor.batch, len(pictures)), len(pictures))

    def one(self, encoded: bytes, name: str) -> tuple[Result, Image]:
        """The result of a picture's bytes, and the picture. Raises DataError: when they are none."""
        began = time.perf_counter()
        try:
            image = self.predictor.library.decode(encoded)
        except DataError as error:
            raise DataError(error.what, where=name, hint=error.hint) from error
        return self._result(Picture(Path(name), name, name), image, self.predictor.predict([image])[0], began), image

    def contact_sheet(self, title: str, pictures: int) -> Path | None:
        """Writes contact-sheet.png of the first pictures; None where there is no folder, or nothing to show."""
        if self.output is None or not self._tiles:
            return None
        from nnlab.tracking.contact_sheet import draw_contact_sheet

        note = f"the first {len(self._tiles)} of {pictures}" if pictures > MOST_TILES else ""
        draw_contact_sheet(self.output / SHEET, self._tiles, title=title, note=note)
        return self.output / SHEET

    def _batch(self, pictures: Sequence[Picture]) -> Iterator[Result]:
        began = time.perf_counter()
        read = [self._read(picture) for picture in pictures]
        images = [image for image in read if not isinstance(image, DataError)]
        answers = iter(self.predictor.predict(images) if images else [])
        shared = (time.perf_counter() - began) / len(pictures)
        for picture, image in zip(pictures, read, strict=True):
            if isinstance(image, DataError):
                self.failed += 1
                yield Result(picture.source, shared, error=image.what)
            else:
                yield self._result(picture, image, next(answers), time.perf_counter() - shared)

    def _read(self, picture: Picture) -> Image | DataError:
        try:
            return self.predictor.library.decode(file_bytes(picture.path))
        except DataError as error:
            return error

    def _result(self, picture: Picture, image: Image, answer: Answer, began: float) -> Result:
        labels = self.predictor.labels
        if answer.probabilities is not None:
            labels = named(labels, len(answer.probabilities))
        output = self._written(picture, image, answer)
        result = Result(picture.source, time.perf_counter() - began, answer, labels, output)
        if self.output is not None and len(self._tiles) < MOST_TILES:
            self._tiles.append(self._tile(picture, image, result))
        return result

    def _written(self, picture: Picture, image: Image, answer: Answer) -> Path | None:
        """The files of a mask: mask, cut-out, overlay; the cut-out's path."""
        if self.output is None or answer.mask is None:
            return None
        lib = self.predictor.library
        made = {
            "mask": answer.mask[:, :, None],
            "cutout": cut_out(image, answer.mask, lib),
            "overlay": overlay(image, answer.mask, lib),
        }
        for kind, pixels in made.items():
            write_whole(self.output / f"{picture.name}.{kind}.png", lib.png(lib.image(pixels)))
        return self.output / f"{picture.name}.cutout.png"

    def _tile(self, picture: Picture, image: Image, result: Result) -> "Tile":
        from nnlab.tracking.contact_sheet import Tile, fitting

        lib, spec = self.predictor.library, self.predictor.library.spec(image)
        size = fitting(spec.width, spec.height)
        small = lib.resize(image, *size)
        shown = lib.pixels(lib.flatten(small, (255, 255, 255)))[:, :, :3]
        if result.answer is None or result.answer.mask is None:
            row = result.row()
            return Tile((shown,), (f"{row.label} {row.confidence:.0%}", picture.path.name))
        mask = lib.pixels(lib.resize(lib.image(result.answer.mask[:, :, None]), *size))
        cut = on_checkerboard(cut_out(small, mask[:, :, 0], lib))
        return Tile((shown, mask.repeat(3, axis=2), cut), (picture.path.name, f"object: {result.row().covered:.1%}"))


def named(labels: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The classes' names; their numbers where no names are known. Raises DataError: when there are other ones."""
    if not labels:
        return tuple(map(str, range(count)))
    if len(labels) != count:
        what = f"gives {count} probabilities, and {len(labels)} labels are known ({', '.join(labels[:4])}, ...)"
        raise DataError(what, where="the model", hint="give its own names: --labels=FILE, one in each line")
    return labels
