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
from nnlab.experiment.infer_files import tile_of, write_maps
from nnlab.experiment.infer_rows import Result, labels_of
from nnlab.onnx.inference.answer import Answer
from nnlab.tracking.files import writing

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


@dataclass(eq=False)
class Inference:
    """Pictures looked at one after the other; `failed` counts those that could not be read, or have no answer.

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
        labels = labels_of(answer, self.predictor.labels)
        output = None
        if self.output is not None and answer.problem is None:
            output = write_maps(self.output / picture.name, image, answer, labels, self.predictor.library)
        result = Result(picture.source, time.perf_counter() - began, answer, labels, output)
        if answer.problem is not None:
            self.failed += 1
        if self.output is not None and len(self._tiles) < MOST_TILES:
            self._tiles.append(tile_of(picture.path.name, image, result, self.predictor.library))
        return result
