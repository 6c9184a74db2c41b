"""Targets that leave a little for the other classes."""

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array


def label_smoothing() -> float:
    """The option of a loss of classes."""
    share: float = option(0.0, "share of the target that is spread over all classes", low=0, below=1)
    return share


def smoothed(y: Array, share: float, ctx: Context) -> Array:
    """y' = (1 - share) y + share / classes;  y itself where nothing is spread.

    A network that is asked for this stops pulling logits apart once the right class is far enough ahead.

    Shapes:  y: (places, classes), rows that add up to 1; so do those of y'
    Source:  Szegedy et al., "Rethinking the inception architecture for computer vision", 2016.
    """
    if not share:
        return y
    spread = ctx.empty(y.shape, y.dtype)
    spread[...] = y
    spread *= 1 - share
    spread += share / y.shape[-1]
    return spread
