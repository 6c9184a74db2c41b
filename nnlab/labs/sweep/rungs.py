"""How far the rungs of a sweep with `[prune]` are, by what its folder says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.labs.sweep.trials import Planned


@dataclass(frozen=True)
class Rung:
    """A rung.

    Options:  epochs: up to which its trials are trained, since: from which on.  trials: that are in it, or will be.
              begun: that are in it by now.  ended: of these, those that came to its end.
    """

    epochs: int
    since: int
    trials: int
    begun: int
    ended: int

    @property
    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {"epochs": self.epochs, "trials": self.trials, "ended": self.ended}


def rungs_of(
    options: Mapping[str, Any], planned: Sequence[Planned], ended: frozenset[str], *, is_over: bool
) -> list[Rung]:
    """Every rung; none where nothing is pruned. How many will be in one is told as if none failed or ended early.

    Options:  options: of the sweep's plan.  ended: identities of runs that did.  is_over: whether all is decided.
    """
    every, found = [int(epochs) for epochs in options.get("rungs") or ()], list[Rung]()
    expected = options.get("reaching") or [0] * len(every)
    for place, (since, epochs) in enumerate(zip((0, *every), every, strict=False)):
        inside = [each.rungs[place] for each in planned if len(each.rungs) > place]
        through = sum(all(cell.identity in ended for cell in cells) for cells in inside)
        trials = len(inside) if is_over else max(len(inside), int(expected[place]))
        found.append(Rung(epochs, since, trials, len(inside), through))
    return found


def at_hand(planned: Sequence[Planned], ended: frozenset[str]) -> int | None:
    """The rung, counted from 1, that trials are in which did not come to its end; None where there are none."""
    going = [len(each.rungs) for each in planned if any(cell.identity not in ended for cell in each.rungs[-1])]
    return max(going, default=None)


def epochs_of(cell: Cell) -> int:
    """How many a run trains; 1 of all runs alike where that is the whole training."""
    return int(cell.job.get("epochs", 1)) - int(cell.job.get("since", 0))
