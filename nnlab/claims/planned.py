"""What the runs of a page come to: trainings seed by seed, commands, reported figures; each with its identity."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.claims.grammar import Number, claim_of
from nnlab.claims.measures import MEASURES
from nnlab.claims.page import REPORTED, Page, PageRun
from nnlab.claims.reading import Reading
from nnlab.core.component import changed
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.registry import advice
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.plan import repeated
from nnlab.labs.components import LIBRARIES, sources_of
from nnlab.labs.sources import ROOT, digest_of, installed, named

PLACES = frozenset({
    "exp_id", "runs_dir", "datasets_path", "training_times", "display_graphs", "display_samples", "tensorboard",
    "disk_cache", "data_memory",
})  # fmt: skip
"""Settings that say where things lie and who looks on: they change no figure."""

Resolved = Callable[[Sequence[str]], list[Experiment]]
"""The experiments of a command line, after `train`."""


@dataclass(frozen=True)
class Cell:
    """One process: a training of one seed, or another command.

    Options:  seeds: its own among the cells of its run.  identity: all that its figures come from, in a digest.
              experiment: None where it is another command, of these words.
    """

    run: str
    seeds: str
    identity: str
    experiment: Experiment | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planned:
    """A run of a page.  Options:  reported: figures that somebody else gave; then there are no cells."""

    run: PageRun
    cells: tuple[Cell, ...]
    sources: Mapping[str, str] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)
    reported: Mapping[str, Reading] | None = None

    @property
    def identity(self) -> str:
        """Of all its cells."""
        return _digest([cell.identity for cell in self.cells] or [self.run.command])


def planned(page: Page, resolved: Resolved) -> list[Planned]:
    """The runs of a page.  Raises Mistakes: of all runs together."""
    found, mistakes = [], list[NnlabError]()
    taken, data = dict[str, int](), dict[str, str]()
    for run in page.runs.values():
        try:
            found.append(_planned(run, resolved, taken, data))
        except NnlabError as error:
            mistakes.append(type(error)(f"run {run.name}: {error}", where=page.where(run.line)))
    if mistakes:
        raise as_one(mistakes)
    return found


def _planned(run: PageRun, resolved: Resolved, taken: dict[str, int], data: dict[str, str]) -> Planned:
    """Options:  taken, data: of the page's runs so far, how often a meaning came up, and digests of folders."""
    command, *words = run.words
    if command == REPORTED:
        return Planned(run, (), reported=_reported(run, words))
    if command != "train":
        sources = _of_command(command, words)
        libraries = {"numpy": installed("numpy") or ""}
        identity = _digest([list(run.words), sources, libraries, _nth(run.command, taken)])
        return Planned(run, (Cell(run.name, "", identity, words=run.words),), sources, libraries)
    cells, sources, libraries = [], dict[str, str](), dict[str, str]()
    for experiment in repeated([_single(resolved(words))]):
        if not sources:  # the seeds of a run have the same components
            sources = sources_of(experiment)
            libraries = {name: installed(name) or "" for name in LIBRARIES.get(experiment.run.backend, ())}
        folder = str(Path(experiment.data.datasets_path) / experiment.data.dataset)
        if folder not in data:
            data[folder] = digest_of_folder(folder)
        means = [meaning(experiment), data[folder], sources, libraries]
        identity = _digest([*means, _nth(_digest(means), taken)])
        cells.append(Cell(run.name, _seeds(experiment), identity, experiment))
    return Planned(run, tuple(cells), sources, libraries)


def _single(experiments: Sequence[Experiment]) -> Experiment:
    """The one that a run of a page is of.  Raises UsageError: several, which would be taken for seeds of one."""
    if len(experiments) != 1:
        raise UsageError(f"is of {len(experiments)} experiments", hint="write a line for each")
    if experiments[0].run.folds:
        raise UsageError("is of several folds", where="--folds", hint="write a line for each: --fold=1/5, --fold=2/5")
    return experiments[0]


def _nth(meaning: str, taken: dict[str, int]) -> int:
    """The same training, named twice by a page, is made twice: 0, 1, ..."""
    taken[meaning] = taken.get(meaning, -1) + 1
    return taken[meaning]


def _seeds(experiment: Experiment) -> str:
    """`model 0, data 0`; with a fold, where one is held out."""
    fold = "" if experiment.data.fold is None else f", fold {experiment.data.fold}"
    return f"model {experiment.run.model_seed}, data {experiment.data.dataset_seed}{fold}"


def meaning(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """All settings that figures may depend on, but those that are what they always are: a new option changes nothing of
    runs that were made before there was one."""
    said = {
        name: {k: v for part in parts for k, v in changed(part).items()} for name, parts in experiment.parts.items()
    }
    kept = {name: {key: value for key, value in table.items() if key not in PLACES} for name, table in said.items()}
    return {name: {"name": experiment.chosen.get(name), **table} for name, table in kept.items()}


def digest_of_folder(folder: str) -> str:
    """Of the name and the content of every file of a dataset; of a set that is drawn when it is needed, its name."""
    path = Path(folder)
    whole = hashlib.sha256()
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    for file in files:
        whole.update(f"{file.relative_to(path).as_posix()}\0".encode())
        with file.open("rb") as opened:
            whole.update(hashlib.file_digest(opened, "sha256").digest())
    return whole.hexdigest() if files else path.name


def _of_command(command: str, words: Sequence[str]) -> dict[str, str]:
    """The file of a command, and those of components that its words name."""
    from nnlab.experiment.settings import CHOICES

    said = {value.lower() for word in words for value in word.partition("=")[2].split(",") if value}
    files = [ROOT / "cli" / f"{command}.py"]
    for choice in CHOICES.values():
        files += [ROOT / Path(*cls.__module__.split(".")[1:]).with_suffix(".py") for cls in choice.registry
                  if cls.__name__.lower() in said and cls.__module__.startswith("nnlab.")]  # fmt: skip
    return {named(file, file.stem): digest for file in files if (digest := digest_of(file))}


def _reported(run: PageRun, words: Sequence[str]) -> dict[str, Reading]:
    """`dev_accuracy=94%`, `seconds=5m23s`, `dev_accuracy=15%±2`, each a measure that needs no more than the run."""
    readings = {}
    for word in words:
        name, equals, text = word.partition("=")
        measure = MEASURES.get(name)
        if not equals or measure is None or len(measure.takes) > 1:
            known = [name for name, each in MEASURES.items() if len(each.takes) == 1]
            raise UsageError(f"{word!r} is no figure that was reported", hint=advice(name, known))
        value = claim_of(f"reported {text} == 0", 0).left
        if not isinstance(value, Number) or value.unit not in ("", measure.unit):
            raise UsageError(f"{word!r}: {name} is {measure.unit or 'a plain number'}, as in {name}=98% or 5m23s")
        readings[name] = Reading((run.name,), "reported", measure.unit, {"": value.value}, spread=value.spread)
    return readings


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=_told).encode()).hexdigest()


def _told(value: Any) -> Any:
    """What JSON does not know."""
    return os.fspath(value) if isinstance(value, os.PathLike) else repr(value)
