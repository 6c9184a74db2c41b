"""The course of a sweep: which cells there are by now, and which follow from what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.labs.cell import Cell
from nnlab.labs.kinds.part import part_cell
from nnlab.labs.row import Row
from nnlab.labs.sweep.prune import Halving
from nnlab.labs.sweep.results import result_of
from nnlab.labs.sweep.searches.base import Settings, Tried
from nnlab.labs.sweep.trials import Maker, Planned, Trial, named


@dataclass(eq=False)
class Course:
    """What is to be done, as far as it is known.

    Options:  trials: those proposed, each once.  asked: the proposals, of which two may be the same trial.
              rungs: of each trial, by its name, its cells: without pruning once, else for every rung that it is in.
              at: the rung that all are in who go on.
    """

    maker: Maker
    halving: Halving | None = None
    trials: list[Trial] = field(default_factory=list)
    asked: list[Settings] = field(default_factory=list)
    rungs: dict[str, list[tuple[Cell, ...]]] = field(default_factory=dict)
    at: int = 0
    _over: frozenset[str] = frozenset()

    @property
    def planned(self) -> list[Planned]:
        """Every trial, and whether it was left."""
        return [Planned(trial, tuple(self.rungs[trial.name]), self._left(trial)) for trial in self.trials]

    @property
    def cells(self) -> list[Cell]:
        """Every cell of every trial."""
        return [cell for planned in self.planned for cells in planned.rungs for cell in cells]

    def begin(self) -> None:
        """Takes in the first proposals. Raises NnlabError: they cannot be trained."""
        self._propose(self.maker.search.batch(()))

    def advance(self, rows: Mapping[str, Row], folder: Path) -> bool:
        """Takes in what follows, now that all cells came to an end; whether anything does.

        Raises:  NnlabError: what was proposed cannot be trained, or a run is damaged.
        """
        if self.halving is not None:
            return self._next_rung(self.halving, rows, folder)
        values = {each.trial.name: result_of(each, rows, folder).value for each in self.planned}
        more = self.maker.search.batch([Tried(settings, values[named(settings)]) for settings in self.asked])
        self._propose(more)
        return bool(more)

    def _propose(self, proposals: Sequence[Settings]) -> None:
        self.asked += proposals
        new = {named(settings): settings for settings in proposals if named(settings) not in self.rungs}
        for trial in self.maker.trials(list(new.values()), len(self.trials) + 1):
            self.trials.append(trial)
            self.rungs[trial.name] = [trial.cells if self.halving is None else _parts(self.halving, trial, 0, [])]

    def _next_rung(self, halving: Halving, rows: Mapping[str, Row], folder: Path) -> bool:
        """The better part goes on, for more epochs; one whose training is over stays as it is."""
        if self.at + 1 >= len(halving.rungs):
            return False
        inside = [result_of(each, rows, folder) for each in self.planned if each.left is None]
        kept = [inside[place] for place in halving.survivors([result.standing for result in inside])]
        self.at += 1
        over = [each.trial.name for each in kept if all(row["result"]["over"] for row in each.rows)]
        self._over = frozenset(over)
        going = [result.trial for result in kept if result.trial.name not in self._over]
        for trial in going:
            own = self.rungs[trial.name]
            own.append(_parts(halving, trial, self.at, own[-1]))
        return bool(going)

    def _left(self, trial: Trial) -> int | None:
        """The epoch after which it does not go on, where others do."""
        own = len(self.rungs[trial.name])
        if self.halving is None or own > self.at or trial.name in self._over:
            return None
        return self.halving.rungs[own - 1]


def _parts(halving: Halving, trial: Trial, rung: int, earlier: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells of a rung. Options:  earlier: those of the rung before; none in the first."""
    epochs = halving.rungs[rung]
    name = trial.name if epochs == halving.rungs[-1] else f"{trial.name}, epoch {epochs}"
    if not earlier:
        return tuple(part_cell(name, whole, epochs, None) for whole in trial.cells)
    after = [(cell.identity, halving.rungs[rung - 1]) for cell in earlier]
    return tuple(part_cell(name, whole, epochs, before) for whole, before in zip(trial.cells, after, strict=True))
