"""Which weights are the best so far, and how long ago that was."""

import math
from typing import Literal

from nnlab.training.record import Score

Rank = tuple[bool, float, float]
Better = Literal["higher", "lower"]
EarlyStopping = Literal["mark", "stop", "off"]


def rank(score: Score, better: Better = "higher") -> Rank:
    """Orders scores, the greatest the best: any loss before NaN, then the better first figure, then the lowest loss."""
    loss = math.inf if math.isnan(score.loss) else score.loss
    judging = score.figure if better == "higher" else -score.figure
    return (not math.isnan(score.loss), -math.inf if math.isnan(judging) else judging, -loss)


class Best:
    """Follows the epochs' scores and says when patience is at its end.

    Options:  patience: epochs without a better score after which early stopping would stop, at least 1.
              better: which way the judging figure is better.
    """

    def __init__(self, patience: int, better: Better = "higher"):
        self.patience, self._better = patience, better
        self.epoch: int | None = None
        self.early_stop_epoch: int | None = None
        self._rank: Rank | None = None

    def better(self, score: Score) -> bool:
        """Whether this score beats all before it; equal is not better."""
        return self._rank is None or rank(score, self._better) > self._rank

    def take(self, epoch: int, score: Score) -> bool:
        """Takes an epoch's score in; True when it is the best so far. The first lack of patience is remembered."""
        better = self.better(score)
        if better:
            self.epoch, self._rank = epoch, rank(score, self._better)
        elif self.early_stop_epoch is None and epoch - (self.epoch or 0) >= self.patience:
            self.early_stop_epoch = epoch
        return better
