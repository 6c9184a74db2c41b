"""Which variance BatchNorm keeps, and by which it normalises."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.other_batch_norm import OtherBatchNorm
from nnlab.checks.parity.subject import Subject
from nnlab.core.types import Array
from nnlab.layers.batch_norm import BatchNorm, Moments


@dataclass(kw_only=True, eq=False)
class KeepsBiased(BatchNorm):
    """running_variance = momentum running_variance + (1 - momentum) variance"""

    def observe(self, cache: Moments) -> None:
        """BatchNorm multiplies what it sees by n / (n - 1): taken out before."""
        super().observe(cache._replace(variance=cache.variance * ((cache.values - 1) / cache.values)))


@dataclass(kw_only=True, eq=False)
class DividesByUnbiased(OtherBatchNorm):
    """xhat = (x - mean) / sqrt(variance n / (n - 1) + epsilon) in training"""

    def inverse(self, variance: Array, values: int | None) -> Array:
        """The running variance is unbiased already."""
        unbiased = variance if values is None else variance * (values / (values - 1))
        inverse: Array = 1 / np.sqrt(unbiased + self.epsilon)
        return inverse

    def pull(self, variance: Array, values: int) -> float:
        """n / (n - 1)"""
        return values / (values - 1)


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class BatchNormVariance(Convention):
    """Which variance BatchNorm keeps, and by which it normalises a batch of n.

    keeps variance n / (n - 1)                      nnlab, torch, TensorFlow's fused kernel; algorithm 2 of the paper
    keeps variance                                  Keras 3, Flax, ONNX
    normalises by variance                          all of them
    normalises by variance n / (n - 1)              code with var(ddof=1), or torch.var as it is by default

    With variance = mean of (x - mean)^2. A batch of 20 makes 5% of difference, one of 1000 a thousandth.

    Source:  Ioffe and Szegedy, "Batch normalization", 2015, algorithm 2, line 10.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For networks with a BatchNorm."""
        if subject.layers(BatchNorm):
            yield (
                "the biased variance is kept, as Keras, Flax and ONNX do",
                subject.with_layer(BatchNorm, lambda layer: KeepsBiased(**layer.options())),
            )
            yield (
                "batches are normalised by the unbiased variance, n - 1",
                subject.with_layer(BatchNorm, lambda layer: DividesByUnbiased(**layer.options())),
            )
