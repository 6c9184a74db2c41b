"""Proposals become trials: resolved, held against their data, repeated with other seeds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.converters import shown
from nnlab.core.errors import DataError, NnlabError, ShapeError, UsageError, as_one
from nnlab.core.printing import printable
from nnlab.data.surveyed import Survey
from nnlab.experiment.build import outlined
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import SettingsSource, tidied
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.train import train_cell
from nnlab.labs.meaning import content_of
from nnlab.labs.studies.varied import require_fit, resolved
from nnlab.labs.sweep.repeats import Repeats
from nnlab.labs.sweep.searches.base import Search, Settings
from nnlab.labs.sweep.written import Proposed

UNOPENED = {"eval_test": False}
"""Test is for the one that is chosen: a sweep never opens it."""

ONE_THREAD = SettingsSource("sweep", {"threads": 1}, name="nnlab sweep")
"""What is meant where nobody says: several trials at a time share a machine, and each is the same on all of them."""


@dataclass(frozen=True, eq=False)
class Trial:
    """A configuration.  Options:  number: by when it was proposed, from 1.  cells: its repeats, the whole training."""

    number: int
    name: str
    settings: Settings
    cells: tuple[Cell, ...]

    @property
    def about(self) -> dict[str, Any]:
        """What documents say of it."""
        return {"trial": self.number, "name": self.name, "settings": dict(self.settings)}


@dataclass(frozen=True, eq=False)
class Planned:
    """A trial as it is to be done.

    Options:  rungs: its cells, of every rung that it is in; without pruning there is one.
              left: the epoch after which it does not go on; None where that is not decided, or is not to be.
    """

    trial: Trial
    rungs: tuple[tuple[Cell, ...], ...]
    left: int | None = None


class Maker:
    """Makes trials of proposals.

    Options:  sources: the base's, the strongest first.
    """

    def __init__(self, search: Search, repeats: Repeats, sources: Sequence[SettingsSource]):
        self.search, self.repeats = search, repeats
        self._sources = [*sources, ONE_THREAD]
        self._outlines: dict[str, tuple[Survey, str]] = {}
        self._contents: dict[tuple[str, ...], str] = {}

    def experiments(self, proposals: Sequence[Settings]) -> list[Experiment]:
        """Each resolved and held against its data; nothing is decoded.

        Raises:  NnlabError: all that is wrong with all of them, each once.
        """
        strongest = [self._source(each, place) for place, each in enumerate(proposals)]
        found = resolved(strongest, self._sources, trains=True)
        mistakes: dict[str, NnlabError] = {}
        for settings, experiment in zip(proposals, found, strict=True):
            try:
                outline, _ = self._outline(experiment)
                require_fit(named(settings), experiment, outline)
            except NnlabError as error:
                mistakes[named(settings) if isinstance(error, ShapeError) else str(error)] = error
        mistakes |= {str(error): error for error in _unfit(found)}
        if mistakes:
            raise as_one(list(mistakes.values()))
        return found

    def trials(self, proposals: Sequence[Settings], first: int = 1) -> list[Trial]:
        """Of each a trial. Options:  first: the number of the first. Raises NnlabError: as `experiments` does."""
        return [
            self._trial(number, settings, experiment)
            for number, (settings, experiment) in enumerate(
                zip(proposals, self.experiments(proposals), strict=True), first
            )
        ]

    def _trial(self, number: int, settings: Settings, experiment: Experiment) -> Trial:
        name, (outline, content) = named(settings), self._outline(experiment)
        count, cells = len(self.repeats.each), []
        for repeat in range(1, count + 1):
            own = self.repeats.of(experiment, repeat, f"{name}_{repeat}" if count > 1 else name)
            cells.append(train_cell(name, own, content, repeat, outline=outline))
        return Trial(number, name, settings, tuple(cells))

    def _source(self, settings: Settings, place: int) -> Proposed:
        entry = place if isinstance(self.search.table, list) else 0
        values = {**tidied(settings), **UNOPENED}
        written = self.search.written
        return Proposed("file", values, written.name, written=written, section=self.search.section, entry=entry)

    def _outline(self, experiment: Experiment) -> tuple[Survey, str]:
        """What its data are, and a digest of them: looked at once for all trials on the same."""
        settings = experiment.settings
        key = repr((settings["data"], settings["task"]))
        if key not in self._outlines:
            outline = outlined(experiment)
            if not outline.sizes["dev"]:
                what = "has no dev partition, by which trials are held against each other"
                raise DataError(what, where=printable(outline.source.folder), hint="see --partitions")
            self._outlines[key] = outline, self._content(experiment, outline)
        return self._outlines[key]

    def _content(self, experiment: Experiment, outline: Survey) -> str:
        """A digest of the files, read once for all trials that have the same samples."""
        key = (experiment.data.data_loader, *map(repr, outline.source.samples))
        if key not in self._contents:
            self._contents[key] = content_of(experiment, outline)
        return self._contents[key]


def _unfit(experiments: Sequence[Experiment]) -> Iterator[NnlabError]:
    """What lets trials not be held against each other."""
    if len(figures := {experiment.figure for experiment in experiments}) > 1:
        what = f"are judged by different figures: {', '.join(sorted(figures))}"
        yield UsageError(what, where="trials", hint="vary neither the task nor --accuracy")
    if not all(experiment.run.eval_dev for experiment in experiments):
        yield UsageError("trials are held against each other by dev", where="--eval-dev=false", hint="leave it out")


def named(settings: Settings) -> str:
    """What a trial is called: what it has otherwise than the base."""
    return " ".join(f"{key}={value_text(value)}" for key, value in settings.items()) or "as the base"


def value_text(value: Any) -> str:
    """A setting's value as one types it, in one line."""
    return printable(shown(value))
