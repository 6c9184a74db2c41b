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
              batch: those proposed last, which are held against each other.  at: the rung that they are in who go on.
    """

    maker: Maker
    halving: Halving | None = None
    trials: list[Trial] = field(default_factory=list)
    asked: list[Settings] = field(default_factory=list)
    rungs: dict[str, list[tuple[Cell, ...]]] = field(default_factory=dict)
    batch: list[Trial] = field(default_factory=list)
    at: int = 0
    _left: dict[str, int] = field(default_factory=dict)

    @property
    def planned(self) -> list[Planned]:
        """Every trial, and whether it was left."""
        return [self._planned(trial) for trial in self.trials]

    def _planned(self, trial: Trial) -> Planned:
        return Planned(trial, tuple(self.rungs[trial.name]), self._left.get(trial.name))

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
        if self.halving is not None and self._next_rung(self.halving, rows, folder):
            return True
        found = {each.trial.name: result_of(each, rows, folder) for each in self.planned}
        results = [found[named(settings)] for settings in self.asked]
        tried = [Tried(each, its.value, its.epochs) for each, its in zip(self.asked, results, strict=True)]
        more = self.maker.search.batch(tried)
        self._propose(more)
        return bool(more)

    def _propose(self, proposals: Sequence[Settings]) -> None:
        self.asked += proposals
        new = {named(settings): settings for settings in proposals if named(settings) not in self.rungs}
        self.batch, self.at = self.maker.trials(list(new.values()), len(self.trials) + 1), 0
        for trial in self.batch:
            self.trials.append(trial)
            self.rungs[trial.name] = [trial.cells if self.halving is None else _parts(self.halving, trial, 0, [])]

    def _next_rung(self, halving: Halving, rows: Mapping[str, Row], folder: Path) -> bool:
        """The better part goes on, for more epochs; one whose training is over stays as it is."""
        if self.at + 1 >= len(halving.rungs):
            return False
        inside = [result_of(self._planned(each), rows, folder) for each in self.batch if each.name not in self._left]
        kept = [inside[place] for place in halving.survivors([result.standing for result in inside])]
        for result in inside:
            if result not in kept:
                self._left[result.trial.name] = halving.rungs[len(self.rungs[result.trial.name]) - 1]
        self.at += 1
        going = [result.trial for result in kept if not all(row["result"]["over"] for row in result.rows)]
        for trial in going:
            own = self.rungs[trial.name]
            own.append(_parts(halving, trial, self.at, own[-1]))
        return bool(going)


def _parts(halving: Halving, trial: Trial, rung: int, earlier: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells of a rung. Options:  earlier: those of the rung before; none in the first."""
    epochs = halving.rungs[rung]
    name = trial.name if epochs == halving.rungs[-1] else f"{trial.name}, epoch {epochs}"
    if not earlier:
        return tuple(part_cell(name, whole, epochs, None) for whole in trial.cells)
    after = [(cell.identity, halving.rungs[rung - 1]) for cell in earlier]
    return tuple(part_cell(name, whole, epochs, before) for whole, before in zip(trial.cells, after, strict=True))
