"""Inference: pictures in, an answer for each, and the files that are made of them."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from nnlab.core.errors import DataError, NnlabError, ResourceError
from nnlab.core.printing import printable
from nnlab.core.stages import Stage, staged
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.pictures import SHEET, Picture
from nnlab.data.room import Room
from nnlab.experiment.infer_files import tile_of, write_maps
from nnlab.experiment.infer_rows import Result, labels_of
from nnlab.onnx.inference.answer import Answer
from nnlab.tracking.files import writing

if TYPE_CHECKING:
    from nnlab.tracking.contact_sheet import Tile

MOST_TILES = 48
"""How many pictures a contact sheet shows: the first ones."""

MAX_WAIT_S = 0.02
"""How long pictures wait for others to be given to the network with."""

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

    def prepared(self, image: Image) -> Any:
        """A picture as `answers` takes it."""
        ...

    def answers(self, prepared: Sequence[Any]) -> list[Answer]:
        """An answer for each; which others come with it changes none."""
        ...

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture: the two together."""
        ...

    def in_batches(self, batch: int) -> Self:
        """The same, given so many pictures at once."""
        ...


@dataclass(eq=False)
class _Looked:
    """A picture on its way.

    Options:  problem: why it has no answer.  seconds: spent on it so far.  held: the room that it takes, until it ends.
    """

    picture: Picture
    image: Image = None
    prepared: Any = None
    answer: Answer | None = None
    problem: NnlabError | None = None
    seconds: float = 0.0
    held: ExitStack = field(default_factory=ExitStack)


@dataclass(eq=False)
class Inference:
    """Pictures looked at in stages that run at once; `failed` counts those that could not be read, or have no answer,
    and `starved` those of them that there was no room for.

    read -> prepare -> infer -> write;  a few pictures wait between two of them, however many there are

    Options:  output: the folder that files are written to; None writes none.
              max_wait_s: how long the network waits for pictures to be given together, once there is one.
    """

    predictor: Predictor
    output: Path | None = None
    max_wait_s: float = MAX_WAIT_S
    failed: int = field(default=0, init=False)
    starved: int = field(default=0, init=False)
    elapsed_s: float = field(default=0.0, init=False)
    stages: tuple[Stage, ...] = field(default=(), init=False)
    _tiles: "list[Tile]" = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._room = Room(self.predictor.library.room() // 2)  # the other half is the network's
        batch = self.predictor.batch
        self.stages = (
            Stage("read", self._read),
            Stage("prepare", self._prepare),
            Stage("infer", self._infer, most=batch, wait_s=self.max_wait_s if batch > 1 else 0.0),
            Stage("write", self._write, waiting=batch),
        )

    def results(self, pictures: Sequence[Picture], progress: Progress | None = None) -> Generator[Result, None, None]:
        """A result for each picture, in their order; a few of them are in memory at once.

        Raises:  DataError: the model does not give what can be read.  RunError: files cannot be written.
        """
        if self.output is not None:
            with writing(self.output, hint="choose another folder with --output"):
                self.output.mkdir(parents=True, exist_ok=True)
        if not pictures:  # so it is with most looks at a folder that is followed: no thread is started for that
            return
        began = time.perf_counter()
        for done, result in enumerate(staged(map(_Looked, pictures), self.stages), start=1):
            self.elapsed_s += time.perf_counter() - began
            yield result
            if progress:
                progress(done, len(pictures))
            began = time.perf_counter()

    def one(self, encoded: bytes, name: str) -> tuple[Result, Image]:
        """The result of a picture's bytes, and the picture. Raises DataError: when they are none; ResourceError."""
        began = time.perf_counter()
        try:
            image = self.predictor.library.decode(encoded, wanted=self.predictor.wanted)
        except (DataError, ResourceError) as error:
            raise type(error)(error.what, where=name, hint=error.hint) from error
        looked = _Looked(Picture(Path(name), name, name), image, answer=self.predictor.predict([image])[0])
        looked.seconds = time.perf_counter() - began
        return self._result(looked), image

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

    def _read(self, some: Sequence[_Looked]) -> Sequence[_Looked]:
        """Decodes each; where there is no room for one, once more when no other is in work."""
        for looked in some:
            began = time.perf_counter()
            looked.problem = self._decoded(looked, self._room.taken)
            if isinstance(looked.problem, ResourceError):
                looked.held.close()
                looked.problem = self._decoded(looked, lambda weight: self._room.alone())
            looked.seconds += time.perf_counter() - began
        return some

    def _decoded(self, looked: _Looked, room: Callable[[int], AbstractContextManager[None]]) -> NnlabError | None:
        """Decodes it; why it could not be. Options:  room: what it takes of the room."""
        library = self.predictor.library
        try:
            looked.image = looked.picture.decoded(
                library, self.predictor.wanted, lambda weight: looked.held.enter_context(room(weight))
            )
        except (DataError, ResourceError) as error:
            return type(error)(error.what, hint=error.hint)  # without its frames, which hold the bytes of the file
        except MemoryError:
            return ResourceError("out of memory while it was decoded")
        return None

    def _prepare(self, some: Sequence[_Looked]) -> Sequence[_Looked]:
        for looked in some:
            began = time.perf_counter()
            if looked.problem is None:
                looked.prepared = self.predictor.prepared(looked.image)
            looked.seconds += time.perf_counter() - began
        return some

    def _infer(self, some: Sequence[_Looked]) -> Sequence[_Looked]:
        began, able = time.perf_counter(), [looked for looked in some if looked.problem is None]
        answers = self.predictor.answers([looked.prepared for looked in able]) if able else []
        for looked, answer in zip(able, answers, strict=True):
            looked.answer, looked.prepared = answer, None
            looked.seconds += (time.perf_counter() - began) / len(able)
        return some

    def _write(self, some: Sequence[_Looked]) -> Sequence[Result]:
        made = []
        for looked in some:
            with looked.held:
                made.append(self._result(looked))
                looked.image = None
        return made

    def _result(self, looked: _Looked) -> Result:
        began, picture, answer = time.perf_counter(), looked.picture, looked.answer
        if answer is None:
            problem = looked.problem
            assert problem is not None  # or it would have an answer
            self.failed += 1
            self.starved += isinstance(problem, ResourceError)
            hint = f"; {problem.hint}" if isinstance(problem, ResourceError) and problem.hint else ""
            return Result(picture.source, looked.seconds, error=f"{problem.what}{hint}")
        labels, output, library = labels_of(answer, self.predictor.labels), None, self.predictor.library
        if self.output is not None and answer.problem is None:
            output = write_maps(self.output / picture.name, looked.image, answer, labels, library)
        result = Result(picture.source, looked.seconds + time.perf_counter() - began, answer, labels, output)
        self.failed += answer.problem is not None
        if self.output is not None and len(self._tiles) < MOST_TILES:
            self._tiles.append(tile_of(printable(Path(picture.source).name), looked.image, result, library))
        return result
