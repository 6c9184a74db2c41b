"""The cells of a ladder: each rung alone on the first one, then on all below it; those that must not change what is
computed once more in float64; and trainings, where what is computed may differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.experiment.build import outlined
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.rung import exact_cell, rung_cell
from nnlab.labs.kinds.train import train_cell
from nnlab.labs.meaning import content_of
from nnlab.labs.plan import Plan
from nnlab.labs.studies.protocol import Preset, protocol, refuse_needless
from nnlab.labs.studies.varied import Variation, repeated, resolved
from nnlab.labs.training_ladder.rungs import AGAIN, BASES, Rung, Settings, chosen

OWN = dict.fromkeys(
    ("backend", "device", "dtype", "threads", "workers", "disk_cache", "amp", "compile", "tuning", "accumulate"),
    "--rungs",
)  # fmt: skip
"""Settings that rungs differ in."""

LADDER: Mapping[str, Any] = {"model": "ResNet18", "resize": (64, 64), "max_minibatch_size": 32}
PRESETS: Mapping[str, Preset] = {
    "laptop": Preset({"repeats": 1, "seconds": 600}, {"model": "SmallCnn", "resize": (32, 32), "epochs": 4})
}
"""A ladder that ends within ten minutes, with what it has by then."""


@dataclass(frozen=True)
class Step:
    """A row of the ladder.

    Options:  name: of its timed cells.  base: the row it is held against; before: the one below it; "" for none.
              settings: all that make it.  rung: None of the first of an engine, and of that once more.
              stacked: whether it stands on those below it.
    """

    name: str
    engine: str
    rung: Rung | None
    settings: Settings
    base: str
    before: str
    stacked: bool = False

    @property
    def exact(self) -> str:
        """The name of the cell that is held to the first one's losses."""
        return f"{self.name}, float64"

    @property
    def trained(self) -> str:
        """The name of its trainings."""
        return f"{self.name}, trained"


def ladder_of(rungs: Mapping[str, Sequence[Rung]], batch: int) -> list[Step]:
    """Every row: of each engine the first rung, the same again, each change alone, then one upon the other.

    Options:  batch: samples of a step.
    """
    found: list[Step] = []
    for engine, own in rungs.items():
        first, settings = BASES[engine]
        settings = {**settings, "max_minibatch_size": batch, "accumulate": 1}
        base = f"{engine} {first}"
        found += [Step(base, engine, None, settings, "", ""), Step(f"{base} {AGAIN}", engine, None, settings, base, "")]
        for rung in own:
            found.append(Step(f"{engine} {rung.name}", engine, rung, rung.on(settings), base, found[-1].name))
        found += _stacked(engine, own, settings, base)
    return found


def _stacked(engine: str, rungs: Sequence[Rung], settings: Settings, base: str) -> Iterator[Step]:
    """From the second on: the first alone is the first of these too."""
    below, before = settings, base
    for place, rung in enumerate(one for one in rungs if one.stacks and not one.is_cuda):
        below = rung.on(below)
        if place:
            name = f"{engine} ... + {rung.name}"
            yield Step(name, engine, rung, below, base, before, stacked=True)
            before = name
        else:
            before = f"{engine} {rung.name}"


@dataclass(frozen=True)
class Ladder:
    """A ladder that was asked for, from which a plan of any number of passes follows.

    Options:  experiments: of each row, by its name.  content: a digest of the data.
    """

    steps: tuple[Step, ...]
    experiments: Mapping[str, Experiment]
    content: str
    options: Mapping[str, Any]
    notes: tuple[str, ...]

    def plan(self, passes: int) -> Plan:
        """The cells, where every row is timed in so many passes."""
        cells = [cell for step in self.steps for cell in self._cells(step, passes)]
        return Plan("study-ladder", "study", self.options, self.base.settings, tuple(cells))

    @property
    def base(self) -> Experiment:
        """What rungs vary."""
        return next(iter(self.experiments.values()))

    def _cells(self, step: Step, passes: int) -> Iterator[Cell]:
        experiment, count = self.experiments[step.name], int(self.options["steps"])
        label = step.rung.name if step.rung else AGAIN if step.base else "first"
        if step.stacked:
            label = f"... + {label}"
        for number in range(1, passes + 1):
            yield rung_cell(step.name, experiment, self.content, rung=label, number=number, steps=count)
        if _is_held(step):
            yield exact_cell(step.exact, experiment, self.content, rung=label)
        if not step.stacked and _is_trained(step):
            for repeat in range(1, int(self.options["repeats"]) + 1):
                again = repeated(experiment, Variation(step.trained, {}), repeat)
                yield train_cell(step.trained, again, self.content, repeat)


def _is_held(step: Step) -> bool:
    """The first, and rungs that must not change what is computed, where they stand alone."""
    if step.rung is None:
        return not step.base
    return step.rung.keeps and not step.stacked and not step.rung.is_cuda


def _is_trained(step: Step) -> bool:
    """The first, and rungs that may change what is computed: of the others it is the first's."""
    return not step.base or (step.rung is not None and not step.rung.keeps and not step.rung.is_cuda)


def ladder(
    names: Sequence[str], engines: Sequence[str], counts: Mapping[str, int], preset: Preset,
    flags: SettingsSource, *others: SettingsSource,
) -> Ladder:  # fmt: skip
    """What was asked for.

    Options:  names: of the rungs.  engines: "torch", "numpy".  counts: "repeats" and "steps".
              flags, others: settings of every rung, the strongest first.
    Raises:   NnlabError: all that is wrong with them, together; nothing is decoded.
    """
    mistakes: list[NnlabError] = list(refuse_needless(flags, OWN))
    rungs: dict[str, list[Rung]] = {}
    try:
        rungs = chosen(names, engines)
    except UsageError as error:
        mistakes.append(error)
    if mistakes:
        raise as_one(mistakes)
    sources = (flags, *others, protocol(LADDER, preset.settings))
    batch = resolve(*sources).data.max_minibatch_size
    steps = ladder_of(rungs, batch)
    found = resolved([SettingsSource("flag", step.settings) for step in steps], sources)
    experiments = {step.name: experiment for step, experiment in zip(steps, found, strict=True)}
    first = experiments[steps[0].name]
    content = content_of(first, outlined(first))
    options = {"rungs": list(names), "engines": list(engines), **counts}
    notes = dict.fromkeys(note for experiment in experiments.values() for note in experiment.notes)
    return Ladder(tuple(steps), experiments, content, options, tuple(notes))
