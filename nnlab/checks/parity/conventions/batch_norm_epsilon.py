"""How large BatchNorm's epsilon is, and where it is added."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.other_batch_norm import OtherBatchNorm
from nnlab.checks.parity.subject import Subject
from nnlab.core.types import Array
from nnlab.layers.batch_norm import BatchNorm

USUAL = {1e-5: "torch, ONNX and Flax", 1e-3: "Keras"}


@dataclass(kw_only=True, eq=False)
class AddedToRoot(OtherBatchNorm):
    """xhat = (x - mean) / (sqrt(variance) + epsilon)"""

    def inverse(self, variance: Array, values: int | None) -> Array:
        """1 / (sqrt(variance) + epsilon)"""
        inverse: Array = 1 / (np.sqrt(variance) + self.epsilon)
        return inverse

    def pull(self, variance: Array, values: int) -> Array:
        """(sqrt(variance) + epsilon) / sqrt(variance), which a constant feature multiplies by zero"""
        root = np.maximum(np.sqrt(variance), np.finfo(variance.dtype).tiny ** 0.5)
        pull: Array = 1 + self.epsilon / root
        return pull


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class BatchNormEpsilon(Convention):
    """How large BatchNorm's epsilon is, and where it is added.

    (x - mean) / sqrt(variance + epsilon)           nnlab and all common libraries; algorithm 1 of the paper
    (x - mean) / (sqrt(variance) + epsilon)         code written at home

    The size is 1e-5 in torch, ONNX and Flax, and 1e-3 in Keras. It shows most in features that hardly vary.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For networks with a BatchNorm."""
        sizes = {layer.epsilon for layer in subject.layers(BatchNorm)}
        for epsilon, who in USUAL.items():
            if sizes - {epsilon}:
                yield (
                    f"{epsilon:g}, the default of {who}",
                    subject.with_layer(BatchNorm, lambda layer, epsilon=epsilon: replace(layer, epsilon=epsilon)),  # type: ignore[misc]
                )
        if sizes:
            yield (
                "added to the root instead of the variance",
                subject.with_layer(BatchNorm, lambda layer: AddedToRoot(**layer.options())),
            )
