"""What losses of any shape share: predictions place by place, and the mean over the places."""

from dataclasses import dataclass, field

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape


@dataclass(frozen=True, eq=False)
class Noted(Target):
    """A target beside which is noted what each sample loses, whenever a loss takes the mean over its places.

    Options:  lost (after): the mean that was taken, and what it is of each sample by itself, (batch,).
    """

    lost: list[tuple[float, Array]] = field(default_factory=list)


class Places:
    """Predictions and targets as rows, one for each sample, pixel or point; and how much each row counts.

    mean = sum_n w_n l_n / sum_n w_n;  without weights 1/places sum_n l_n;  0 where all weights are 0

    Options:  name: of the loss, for messages.  apart: whether each channel may have a weight of its own; then every
              channel of a place is a row, of one channel.
              total (after): the sum of the weights; how many places, without any.
    Shapes:  predicted, target.value: (batch, ..., channels);  rows, wanted: (places, channels);  shares: (places,)
    Raises:  ShapeError: unless both have the same shape, with at least one sample, and the weights fit it.
    """

    def __init__(self, name: str, predicted: Array, target: Target, *, apart: bool = False):
        if predicted.shape != target.value.shape or predicted.ndim < 2 or not predicted.size:
            raise ShapeError(
                f"predicted {predicted.shape} and target {target.value.shape} must be the same (batch, ..., channels)",
                where=name,
            )
        self._shape = predicted.shape
        self._noted = target.lost if isinstance(target, Noted) else None
        own = apart and target.weight is not None and target.weight.ndim > 0 and target.weight.shape[-1] != 1
        self.channels = 1 if own else predicted.shape[-1]
        self.rows = predicted.reshape(-1, self.channels)
        self.wanted = target.value.reshape(self.rows.shape)
        self.total: float = len(self.rows)
        self.shares: Array | None = None
        self._weights: Array | None = None
        if target.weight is not None:
            places = predicted.shape if own else (*predicted.shape[:-1], 1)
            self._weights = _weights(name, target.weight, places)
            self.total, self.shares = _shares(self._weights)

    def mean(self, losses: Array) -> float:
        """The weighted mean of the places' losses, summed in float64."""
        if self.shares is None:
            mean = float(losses.mean(dtype=np.float64))
        else:
            mean = float((losses * self.shares).sum())  # in float64, as the shares are
        if self._noted is not None:
            self._noted.append((mean, self._each(losses)))
        return mean

    def _each(self, losses: Array) -> Array:
        """The mean over each sample's own places, to the bit as in a batch of one."""
        samples = self._shape[0]
        if len(losses) == samples:
            alone = losses.astype(np.float64)
            return alone if self._weights is None else alone * (self._weights > 0)
        if self._weights is None:
            return np.array([own.mean(dtype=np.float64) for own in losses.reshape(samples, -1)])
        pairs = zip(losses.reshape(samples, -1), self._weights.reshape(samples, -1), strict=True)
        return np.array([(own * _shares(weights)[1]).sum() for own, weights in pairs])

    def gradient(self, slopes: Array, by: float = 1.0) -> Array:
        """The gradient of `mean` with respect to `predicted`, given `by` times those of the places' losses; made in the
        memory of `slopes`.

        Shapes:  slopes: (places, channels); result: (batch, ..., channels)
        """
        if self.shares is None:
            slopes /= by * len(slopes)
        else:
            slopes *= (self.shares / by).astype(slopes.dtype)[:, None]
        return slopes.reshape(self._shape)


def _weights(name: str, weight: Array, places: Shape) -> Array:
    """How much each place counts. Raises ShapeError: they do not fit the places."""
    try:
        return np.broadcast_to(weight, places).reshape(-1).astype(np.float64)
    except ValueError:
        raise ShapeError(f"weights {weight.shape} must broadcast to {places}, one for each place", where=name) from None


def _shares(weights: Array) -> tuple[float, Array]:
    """The sum of the weights, 1 where it is 0, and each one's share of it."""
    total = float(weights.sum()) or 1.0
    return total, weights / total
