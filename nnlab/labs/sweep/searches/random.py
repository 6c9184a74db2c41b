"""Trials by chance."""

from collections.abc import Sequence

from nnlab.core.rng import Rng
from nnlab.labs.sweep.searches.base import SEARCHES, Sampled, Settings, Tried

TRIES = 20
"""How often another one is drawn in the place of one that was there already, for each trial."""


@SEARCHES.register
class Random(Sampled):
    """Draws every setting from its range, each with a stream of its own: more trials leave the first ones as they are.

    Options:  trials: how many.  seed: of the draws.
    Source:   Bergstra and Bengio, "Random search for hyper-parameter optimization", JMLR 2012.
    """

    def batch(self, tried: Sequence[Tried]) -> Sequence[Settings]:
        """All at once, each once: fewer than were asked for where the choices have no more."""
        if tried:
            return ()
        rng, found = Rng(self.options["seed"]).at("sweep"), list[Settings]()
        for turn in range(TRIES * self.total):
            drawn = {key: allowed.drawn(rng.at(turn, key).generator()) for key, allowed in self.ranges.items()}
            if drawn not in found:
                found.append(drawn)
            if len(found) == self.total:
                break
        return found
