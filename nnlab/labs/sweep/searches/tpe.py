"""Trials near those that were good: Optuna's own default."""

from nnlab.labs.sweep.searches.base import SEARCHES
from nnlab.labs.sweep.searches.optuna import Optuna


@SEARCHES.register
class Tpe(Optuna):
    """Fits one density to the settings of good trials, another to those of the rest, and tries where their ratio is
    greatest; the first 10 by chance.

    Source:  Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011.
    """

    sampler = "TPESampler"
