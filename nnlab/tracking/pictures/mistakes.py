"""How wrong each answer is, and which samples that makes worth a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.tasks.base import Task
from nnlab.training.callback import Callback

WORST = 20
"""How many pictures of a partition show what it was most wrong about."""


@dataclass(frozen=True, eq=False)
class Answered:
    """A partition, sample by sample.

    Options:  wrong: how wrong the answers are, as the task says; 0 where they are right.  losses: of each by itself.
              cells: of a table of confusions, as the task says; None where there is none.
              answers: of the worst samples what was said, by place, where it can be drawn into their pictures.
    Shapes:   wrong, losses: (samples,); cells: (samples, 2)
    """

    wrong: Array
    losses: Array
    cells: Array | None
    answers: Mapping[int, Truth] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.wrong)

    def worst(self, most: int) -> list[int]:
        """The places of the most wrong answers, the worst first; of those that are as wrong, the one with more loss."""
        order = self._by_loss(np.flatnonzero(self.wrong > 0))
        worst: list[int] = order[np.argsort(-self.wrong[order], kind="stable")][:most].tolist()
        return worst

    def of_cells(self, each: int, most: int) -> list[int]:
        """The places of some samples of each cell, those with most loss: one of every cell, then a second, ...

        Cells of mistakes come before those of right answers, the fuller first.
        """
        if self.cells is None:
            return []
        cells, members = np.unique(self.cells, axis=0, return_inverse=True)
        counts = np.bincount(members.reshape(-1), minlength=len(cells))
        order = np.lexsort((-counts, cells[:, 0] == cells[:, 1]))
        own = [self._by_loss(np.flatnonzero(members.reshape(-1) == cell))[:each].tolist() for cell in order[:most]]
        rounds = (places[turn] for turn in range(each) for places in own if turn < len(places))
        return [place for place, _ in zip(rounds, range(most), strict=False)]

    def _by_loss(self, places: Array) -> Array:
        """The same, the largest loss first; one that is no number is the largest."""
        losses = np.nan_to_num(self.losses[places], nan=np.inf, posinf=np.inf)
        return places[np.argsort(-losses, kind="stable")]


class Mistakes(Callback):
    """Gathers how wrong the answers are while dev and test are scored; of the answers themselves only the worst few, if
    they say something of places.

    Options:  task: says what is wrong.
    """

    def __init__(self, task: Task):
        self._task = task
        self._parts: dict[str, list[Answered]] = {}

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Takes in a batch."""
        wrong = self._task.mistakes(answers, batch.truths)
        cells = self._task.cells(answers, batch.truths)
        parts, own = self._parts.setdefault(partition, []), Answered(wrong, losses, cells)
        if self._task.truth.moves:
            shown = self._task.shown(answers)
            own = replace(own, answers={place: shown[place] for place in own.worst(WORST)})
        parts.append(own)
        if sum(len(part.answers) for part in parts) > 2 * WORST:
            parts[:] = [_together(parts)]

    @property
    def partitions(self) -> dict[str, Answered]:
        """What was answered, in the order in which it was."""
        return {name: _together(parts) for name, parts in self._parts.items()}


def _together(parts: Sequence[Answered]) -> Answered:
    cells = [part.cells for part in parts if part.cells is not None]
    begins = np.cumsum([0, *(len(part) for part in parts)]).tolist()
    answers = {
        begin + place: answer
        for begin, part in zip(begins[:-1], parts, strict=True)
        for place, answer in part.answers.items()
    }
    whole = Answered(
        np.concatenate([part.wrong for part in parts]),
        np.concatenate([part.losses for part in parts]),
        np.concatenate(cells) if len(cells) == len(parts) else None,
    )
    return replace(whole, answers={place: answers[place] for place in whole.worst(WORST) if place in answers})
