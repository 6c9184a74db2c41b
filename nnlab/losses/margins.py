"""Softmax over cosines, where the own class has to win by a margin: ArcFace and CosFace."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax_and_log
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places

NEAREST = 1e-6
"""Cosines count as at most 1 less this, at least -1 and this: at the ends an angle has no slope."""


@dataclass(kw_only=True, eq=False)
class MarginSoftmax(Loss, ABC):
    """Cross-entropy of scaled cosines, the own class's made smaller by a margin.

    loss = - 1/places sum_n sum_k y_nk log a_nk;  a = softmax(z);  z_nk = s (y_nk m(c_nk) + (1 - y_nk) c_nk)

    Shapes:  predicted c: (batch, ..., classes), cosines; target y: the same, rows that add up to 1
    Gradient:  dc_nk = s (y_nk m'(c_nk) + 1 - y_nk) (a_nk - y_nk) / places
    """

    takes: ClassVar[tuple[Emits, ...]] = ("cosines",)

    scale: float = option(16.0, "what cosines are multiplied by before the softmax", above=0, high=1000)
    margin: float = option(0.3, "by how much the own class has to win", low=0, below=np.pi / 2)

    @abstractmethod
    def narrowed(self, cosines: Array) -> tuple[Array, Array]:
        """m(c), and its slope m'(c)."""

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dc."""
        places = Places(type(self).__name__, predicted, target)
        c, y = (
            rows.astype(np.float64) for rows in (places.rows, places.wanted)
        )  # a - y of a sure answer has few digits
        narrow, slope = self.narrowed(c)
        logits = self.scale * (y * narrow + (1 - y) * c)
        a, log_a = softmax_and_log(logits, out=ctx.empty(c.shape, c.dtype), log=ctx.empty(c.shape, c.dtype))
        loss = 0 - places.mean(np.einsum("nc,nc->n", y, log_a))
        a -= y
        a *= self.scale * (y * slope + (1 - y))
        return loss, places.gradient(a).astype(predicted.dtype)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """As it is, and with another scale and margin."""
        return ({}, {"scale": 4.0, "margin": 0.5})


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class ArcFace(MarginSoftmax):
    """Cross-entropy of scaled cosines, where the angle to the own class counts as larger by a margin.

    loss = - 1/places sum y log softmax(z);  z_k = s cos(t_k);  of the own class s m(t), m(t) = cos(t + margin);
    beyond t = pi - margin, where that would grow again, m(t) = -2 - cos(t + margin)

    Shapes:  predicted c = cos t: (batch, ..., classes); target: the same, rows that add up to 1
    Gradient:  dc = s (a - y) / places;  of the own class times sin(t + margin) / sin t, its size
    Options:  scale s.  margin: an angle, in radians.
    Source:  Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", 2019.
    """

    def narrowed(self, cosines: Array) -> tuple[Array, Array]:
        """m(c), and its slope."""
        c = np.clip(cosines, NEAREST - 1, 1 - NEAREST)
        sine = np.sqrt(1 - c * c)
        turned = c * np.cos(self.margin) - sine * np.sin(self.margin)
        slope = np.cos(self.margin) + c * np.sin(self.margin) / sine
        beyond = c < -np.cos(self.margin)
        return np.where(beyond, -2 - turned, turned), np.where(beyond, -slope, slope)


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class CosFace(MarginSoftmax):
    """Cross-entropy of scaled cosines, that of the own class made smaller by a margin.

    loss = - 1/places sum y log softmax(z);  z_k = s c_k;  of the own class s (c_k - margin)

    Shapes:  predicted c: (batch, ..., classes), cosines; target: the same, rows that add up to 1
    Gradient:  dc = s (a - y) / places
    Options:  scale s.  margin: of cosines.
    Source:  Wang et al., "CosFace: Large Margin Cosine Loss for Deep Face Recognition", 2018.
    """

    also_called = ("AMSoftmax", "LargeMarginCosine")

    def narrowed(self, cosines: Array) -> tuple[Array, Array]:
        """c - margin, and 1."""
        return cosines - self.margin, np.ones_like(cosines)
