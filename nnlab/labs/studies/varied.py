"""One experiment in several variations, each with several seeds: the cells of a study."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from nnlab.core.errors import NnlabError, ShapeError, UsageError, as_one
from nnlab.data.surveyed import Survey
from nnlab.experiment.build import fitted, outlined, refuse_lonely_samples, refuse_unfit, wired
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.train import train_cell
from nnlab.labs.meaning import content_of


@dataclass(frozen=True)
class Variation:
    """One configuration of a study.

    Options:  name: a row of the table.  settings: what is different.
              seeds: of each repeat by how much the model's and the order's seed are counted up; none: the model's by 1.
    """

    name: str
    settings: Mapping[str, Any]
    seeds: Sequence[tuple[int, int]] = field(default=())


@dataclass(frozen=True)
class Varied:
    """What follows.  Options:  base: the first one's experiment, under the user's own name."""

    base: Experiment
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]


def varied(variations: Sequence[Variation], repeats: int, *sources: SettingsSource) -> Varied:
    """Every variation with every seed, the model's counting up from that which was said.

    Options:  sources: the strongest first, below the variations' own settings.
    Raises:   NnlabError: all mistakes of all of them, each once; nothing is decoded.
    """
    experiments = resolved([SettingsSource("flag", variation.settings) for variation in variations], sources)
    content = content_of(experiments[0], _checked(variations, experiments))
    cells = [
        train_cell(variation.name, repeated(experiment, variation, repeat), content, repeat)
        for variation, experiment in zip(variations, experiments, strict=True)
        for repeat in range(1, (len(variation.seeds) or repeats) + 1)
    ]
    notes = dict.fromkeys(note for experiment in experiments for note in experiment.notes)
    return Varied(experiments[0], tuple(cells), tuple(notes))


def resolved(
    every: Iterable[SettingsSource], sources: Sequence[SettingsSource], *, trains: bool = False
) -> list[Experiment]:
    """An experiment for each of several settings, above the same sources.

    Options:  trains: as `resolve` takes it.
    Raises:   NnlabError: all mistakes of all of them, each once.
    """
    found, mistakes = [], dict[str, NnlabError]()
    for strongest in every:
        try:
            found.append(resolve(strongest, *sources, trains=trains))
        except NnlabError as errors:
            mistakes |= {str(error): error for error in getattr(errors, "mistakes", [errors])}
    if mistakes:
        raise as_one(list(mistakes.values()))
    return found


def _checked(variations: Sequence[Variation], experiments: Sequence[Experiment]) -> Survey:
    """What the data are. Raises NnlabError: of every variation that cannot be trained on them, by shapes alone."""
    outline: Survey | None = None
    mistakes: dict[str, NnlabError] = {}
    for variation, experiment in zip(variations, experiments, strict=True):
        try:
            outline = outlined(experiment)
            require_fit(variation.name, experiment, outline)
        except NnlabError as error:
            mistakes[variation.name if isinstance(error, ShapeError) else str(error)] = error
    if mistakes:
        raise as_one(list(mistakes.values()))
    assert outline is not None  # there is a variation at least
    return outline


def require_fit(name: str, experiment: Experiment, outline: Survey) -> None:
    """Raises NnlabError: the experiment cannot be trained on its data, by shapes alone. Options:  name: of it."""
    try:
        heads = fitted(experiment, outline).heads(outline.names, outline.sample_shape, outline.truths)
        network = wired(experiment, outline.sample_shape, heads, rng=None)
        refuse_unfit(network, heads, experiment.task.amount(outline.names))
        refuse_lonely_samples(network, experiment, outline.truths)
    except ShapeError as error:
        raise ShapeError(error.what, where=name, hint=error.hint) from None
    except UsageError as error:
        raise UsageError(error.what, where=error.where or name, hint=error.hint) from None


def repeated(experiment: Experiment, variation: Variation, repeat: int) -> Experiment:
    """With the seeds of a repeat, under the variation's name."""
    run, data = copy(experiment.run), copy(experiment.data)
    run.exp_id, run.budget_minutes = f"{variation.name}_{repeat}", None  # the study's own budget ends its cells
    if variation.seeds:
        model, order = variation.seeds[repeat - 1]
        run.model_seed, data.order_seed = run.model_seed + model, data.dataset_seed + order
    else:
        run.model_seed += repeat - 1
    return replace(experiment, run=run, data=data, accuracy=copy(experiment.accuracy))
