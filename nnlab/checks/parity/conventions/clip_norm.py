"""Which length is clipped, and by what."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.arrays import flattened
from nnlab.core.parameter import Parameter
from nnlab.core.types import Array
from nnlab.kernels.threads import one_blas_thread
from nnlab.optimizers.optimizer import Optimizer


@dataclass(eq=False)
class OtherClipping(Optimizer):
    """Other shares of the gradients are left; the elements are clipped as ever."""

    @abstractmethod
    def shares(self, lengths: Array, limit: float) -> Array:
        """By what each parameter's gradient is multiplied, given the length of each."""

    def _clip(self, parameters: Sequence[Parameter]) -> None:
        if self.clip_norm is not None:
            with one_blas_thread():
                lengths = np.array([np.linalg.norm(flattened(parameter.grad)) for parameter in parameters])
            shares = np.broadcast_to(self.shares(lengths, self.clip_norm), lengths.shape)
            if (shares == 1).all():
                return super()._clip(parameters)
            for parameter, share in zip(parameters, shares.tolist(), strict=True):
                np.multiply(parameter.grad, share, out=parameter.grad)
        if self.clip_value is not None:
            for parameter in parameters:
                np.clip(parameter.grad, -self.clip_value, self.clip_value, out=parameter.grad)


class AddedToLength(OtherClipping):
    """dw = dw min(1, clip_norm / (|dw| + 1e-6))"""

    def shares(self, lengths: Array, limit: float) -> Array:
        """One share for all."""
        shares: Array = np.minimum(1, limit / (np.linalg.norm(lengths) + 1e-6))
        return shares


class OneByOne(OtherClipping):
    """dw = dw min(1, clip_norm / |dw|), for each parameter by itself"""

    def shares(self, lengths: Array, limit: float) -> Array:
        """One share for each."""
        shares: Array = limit / np.maximum(lengths, limit)
        return shares


class OneByOneAddedToLength(OtherClipping):
    """dw = dw min(1, clip_norm / (|dw| + 1e-6)), for each parameter by itself"""

    def shares(self, lengths: Array, limit: float) -> Array:
        """One share for each."""
        shares: Array = np.minimum(1, limit / (lengths + 1e-6))
        return shares


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class ClipNorm(Convention):
    """Which length `clip_norm` limits, and by what.

    dw min(1, limit / |dw|), |dw| over all parameters           nnlab, optax, TensorFlow, Keras (global_clipnorm)
    dw min(1, limit / (|dw| + 1e-6)), over all                  torch (clip_grad_norm_)
    dw min(1, limit / |dw|), each parameter by itself           Keras (clipnorm)

    It shows from the first step whose gradient is longer than the limit.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """Where lengths are clipped."""
        if subject.optimizer.clip_norm is None:
            return
        yield "1e-6 is added to the length, as torch's clip_grad_norm_", subject.with_optimizer(AddedToLength)
        yield "each parameter by itself, as Keras's clipnorm", subject.with_optimizer(OneByOne)
        yield (
            "each parameter by itself with 1e-6 added to its length, clip_grad_norm_ in a loop",
            subject.with_optimizer(OneByOneAddedToLength),
        )
