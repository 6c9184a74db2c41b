"""Inference: pictures in, an answer for each, and the files that are made of them."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from nnlab.core.errors import DataError, NnlabError, ResourceError
from nnlab.core.printing import printable
from nnlab.data.images.base import BYTES_PER_PIXEL, Image, ImageLibrary
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

    @property
    def wanted(self) -> tuple[int, int] | None:
        """The size that is all that it needs of a picture, which may come reduced then; None: it needs all."""
        ...

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture."""
        ...


@dataclass(frozen=True, eq=False)
class _Read:
    """A picture, decoded; or why it is not."""

    picture: Picture
    image: Image | NnlabError
    seconds: float


@dataclass(eq=False)
class Inference:
    """Pictures looked at one after the other; `failed` counts those that could not be read, or have no answer, and
    `starved` those of them that there was no room for.

    Options:  output: the folder that files are written to; None writes none.
    """

    predictor: Predictor
    output: Path | None = None
    failed: int = field(default=0, init=False)
    starved: int = field(default=0, init=False)
    _tiles: "list[Tile]" = field(default_factory=list, init=False)

    def results(self, pictures: Sequence[Picture], progress: Progress | None = None) -> Iterator[Result]:
        """A result for each picture, in their order; at most a batch of them is held in memory.

        Raises:  DataError: the model does not give what can be read.  RunError: files cannot be written.
        """
        if self.output is not None:
            with writing(self.output, hint="choose another folder with --output"):
                self.output.mkdir(parents=True, exist_ok=True)
        done = 0
        for group in self._groups(pictures):
            done += len(group)
            yield from self._batch(group)
            if progress:
                progress(done, len(pictures))

    def one(self, encoded: bytes, name: str) -> tuple[Result, Image]:
        """The result of a picture's bytes, and the picture. Raises DataError: when they are none; ResourceError."""
        began = time.perf_counter()
        try:
            image = self.predictor.library.decode(encoded, wanted=self.predictor.wanted)
        except (DataError, ResourceError) as error:
            raise type(error)(error.what, where=name, hint=error.hint) from error
        return self._result(Picture(Path(name), name, name), image, self.predictor.predict([image])[0], began), image

    def contact_sheet(self, title: str, pictures: int) -> Path | None:
        """Writes contact-sheet.png of the first pictures; None where there is no folder, or nothing to show."""
        if self.output is None or not self._tiles:
            return None
        from nnlab.tracking.canvas import if_drawn
        from nnlab.tracking.contact_sheet import draw_contact_sheet

        note = f"the first {len(self._tiles)} of {pictures}" if pictures > MOST_TILES else ""
        with if_drawn(self.output / SHEET):
            draw_contact_sheet(self.output / SHEET, self._tiles, title=title, note=note)
        return self.output / SHEET

    def _groups(self, pictures: Sequence[Picture]) -> Iterator[list[_Read]]:
        """The pictures, decoded: a batch at once, or as many as there is room for; no answer depends on which."""
        library, group, held = self.predictor.library, list[_Read](), 0
        for picture in pictures:
            read = self._read(picture)
            if isinstance(read.image, ResourceError) and group:
                yield group
                group, held = [], 0
                read = self._read(picture)
            group.append(read)
            if not isinstance(read.image, NnlabError):
                spec = library.spec(read.image)
                held += BYTES_PER_PIXEL * spec.width * spec.height
            if len(group) == self.predictor.batch or held > library.room() // 4:
                yield group
                group, held = [], 0
        if group:
            yield group

    def _batch(self, group: list[_Read]) -> Iterator[Result]:
        began = time.perf_counter()
        images = [read.image for read in group if not isinstance(read.image, NnlabError)]
        answers = iter(self.predictor.predict(images) if images else [])
        shared = (sum(read.seconds for read in group) + time.perf_counter() - began) / len(group)
        while group:  # let go of one by one: the next group needs the room
            read = group.pop(0)
            if isinstance(read.image, NnlabError):
                self.failed += 1
                self.starved += isinstance(read.image, ResourceError)
                hint = f"; {read.image.hint}" if isinstance(read.image, ResourceError) and read.image.hint else ""
                yield Result(read.picture.source, shared, error=f"{read.image.what}{hint}")
            else:
                yield self._result(read.picture, read.image, next(answers), time.perf_counter() - shared)

    def _read(self, picture: Picture) -> _Read:
        began = time.perf_counter()
        try:
            image = picture.decoded(self.predictor.library, self.predictor.wanted)
        except (DataError, ResourceError) as error:
            image = error
        except MemoryError:
            image = ResourceError("out of memory while it was decoded")
        return _Read(picture, image, time.perf_counter() - began)

    def _result(self, picture: Picture, image: Image, answer: Answer, began: float) -> Result:
        labels = labels_of(answer, self.predictor.labels)
        output = None
        if self.output is not None and answer.problem is None:
            output = write_maps(self.output / picture.name, image, answer, labels, self.predictor.library)
        result = Result(picture.source, time.perf_counter() - began, answer, labels, output)
        if answer.problem is not None:
            self.failed += 1
        if self.output is not None and len(self._tiles) < MOST_TILES:
            self._tiles.append(tile_of(printable(Path(picture.source).name), image, result, self.predictor.library))
        return result
