"""Pictures in, and for each the places that its answer came from."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.core.errors import DataError, NnlabError, ResourceError, as_one
from nnlab.core.printing import printable
from nnlab.core.types import Array, Pixels
from nnlab.data.pictures import SHEET, Picture
from nnlab.experiment.explaining.files import tile_of, write_document, write_maps
from nnlab.experiment.explaining.rows import Method, Row, Shown
from nnlab.experiment.explaining.subject import Seen, Subject
from nnlab.explainers.base import Explainer, Question
from nnlab.explainers.randomised import Likeness, cascade, likeness_to_random
from nnlab.tracking.files import writing

if TYPE_CHECKING:
    from nnlab.tracking.contact_sheet import Tile

MOST_TILES = 48
"""How many pictures a contact sheet shows: the first ones."""

Progress = Callable[[int, int], None]
"""Called as progress(pictures done, pictures in all)."""


@contextmanager
def collected(mistakes: list[NnlabError]) -> Iterator[None]:
    """Keeps an error for later, when others are known too."""
    try:
        yield
    except NnlabError as error:
        mistakes.append(error)


@dataclass(eq=False)
class Explaining:
    """Pictures explained one after the other.

    Options:  asked: the class or value that is asked about; None: the one that the run answers with.
              check: whether each map is held against those of random weights.  cascading: whether that is done node by
              node too.  output: the folder that files are written to; None writes none.
    Raises:  UsageError or Mistakes: for a network that a method cannot be asked of, a class that there is not.
    """

    subject: Subject
    explainers: Sequence[Explainer]
    asked: str | None = None
    check: bool = True
    cascading: bool = False
    output: Path | None = None
    failed: list[Row] = field(default_factory=list, init=False)
    _tiles: "list[Tile]" = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        mistakes: list[NnlabError] = []
        for explainer in self.explainers:
            with collected(mistakes):
                explainer.refuse(self.subject.network, self.subject.shape)
        with collected(mistakes):
            self.subject.chosen(self.asked)
        if mistakes:
            raise as_one(mistakes)

    def rows(self, pictures: Sequence[Picture], progress: Progress | None = None) -> Iterator[Row]:
        """What is told of each picture, in their order; one of them is held in memory.

        Raises:  RunError: files cannot be written.
        """
        if self.output is not None:
            with writing(self.output, hint="choose another folder with --output"):
                self.output.mkdir(parents=True, exist_ok=True)
        for done, picture in enumerate(pictures, start=1):
            row = self._row(picture)
            if row.error is not None:
                self.failed.append(row)
            yield row
            if progress:
                progress(done, len(pictures))

    def _row(self, picture: Picture) -> Row:
        began = time.perf_counter()
        try:
            seen = self.subject.seen(picture)
        except (DataError, ResourceError) as error:
            hint = f"; {error.hint}" if isinstance(error, ResourceError) and error.hint else ""
            starved = isinstance(error, ResourceError)
            return Row(picture.source, time.perf_counter() - began, error=f"{error.what}{hint}", starved=starved)
        except MemoryError:
            return Row(picture.source, 0.0, error="out of memory while it was decoded", starved=True)
        try:
            found = self.subject.answered(seen, self.asked)
        except DataError as error:
            return Row(picture.source, time.perf_counter() - began, error=error.what)
        methods = self._methods(picture, seen, found.question)
        return Row(
            picture.source,
            time.perf_counter() - began,
            answer=found.answer,
            explained=found.explained,
            score=found.score,
            probability=found.probability,
            methods=methods,
        )

    def _methods(self, picture: Picture, seen: Seen, question: Question) -> tuple[Method, ...]:
        library = self.subject.library
        overlays, methods = list[Pixels](), list[Method]()
        for explainer in self.explainers:
            explanation = explainer.explain(self.subject.network, question)
            weights = seen.placement.looked_up(explanation.weights)
            files: Mapping[str, str] = {}
            if self.output is not None:
                stem = self.output / picture.name
                files, overlay = write_maps(stem, seen.photo, weights, explainer, library)
                overlays.append(overlay)
            likeness, falling = self._held_against_random(explainer, question, explanation.weights)
            methods.append(Method(explainer, explanation, Shown.of(weights), likeness, falling, files))
        if self.output is not None and len(self._tiles) < MOST_TILES:
            name = printable(Path(picture.source).name)
            said = printable(f"{self.subject.noun} {self.subject.names[question.chosen]}")
            self._tiles.append(tile_of((name, said), seen.photo, overlays, library))
        return tuple(methods)

    def _held_against_random(
        self, explainer: Explainer, question: Question, weights: Array
    ) -> tuple[Likeness | None, tuple[tuple[str, Likeness], ...]]:
        network = self.subject.network
        if not weights.any():  # there is nothing to be like
            return None, ()
        likeness = likeness_to_random(explainer, network, question, weights) if self.check else None
        return likeness, tuple(cascade(explainer, network, question, weights)) if self.cascading else ()

    def finish(self, content: Mapping[str, Any], title: str) -> None:
        """Writes explanations.json, and contact-sheet.png of the first pictures; nothing where there is no folder."""
        if self.output is None:
            return
        write_document(self.output, content)
        if self._tiles:
            from nnlab.tracking.canvas import if_drawn
            from nnlab.tracking.contact_sheet import draw_contact_sheet

            note = ", ".join(["photo", *(explainer.title for explainer in self.explainers)])
            with if_drawn(self.output / SHEET):
                draw_contact_sheet(self.output / SHEET, self._tiles, title=title, note=note)
