"""Which weights are the best so far, and how long ago that was."""

import math

from nnlab.training.record import Score

Rank = tuple[bool, float, float]


def rank(score: Score) -> Rank:
    """Orders scores, the greatest the best: any figure before NaN, then the highest accuracy, then the lowest loss."""
    loss = math.inf if math.isnan(score.loss) else score.loss
    accuracy = -1.0 if math.isnan(score.accuracy) else score.accuracy
    return (not math.isnan(score.loss), accuracy, -loss)


class Best:
    """Follows the epochs' scores and says when patience is at its end.

    Options:  patience: epochs without a better score after which early stopping would stop, at least 1.
    """

    def __init__(self, patience: int):
        self.patience = patience
        self.epoch: int | None = None
        self.early_stop_epoch: int | None = None
        self._rank: Rank | None = None

    def better(self, score: Score) -> bool:
        """Whether this score beats all before it; equal is not better."""
        return self._rank is None or rank(score) > self._rank

    def take(self, epoch: int, score: Score) -> bool:
        """Takes an epoch's score in; True when it is the best so far. The first lack of patience is remembered."""
        better = self.better(score)
        if better:
            self.epoch, self._rank = epoch, rank(score)
        elif self.early_stop_epoch is None and epoch - (self.epoch or 0) >= self.patience:
            self.early_stop_epoch = epoch
        return better
