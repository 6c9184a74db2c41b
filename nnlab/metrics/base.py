"""The contract of a metric, and of an accuracy calculator."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.types import Array


@dataclass(kw_only=True, eq=False)
class Metric(Component, ABC):
    """Sums up over batches: reset, update with each batch, compute. Weighted by samples, never by batches."""

    @abstractmethod
    def reset(self) -> None:
        """Forgets every batch."""

    @abstractmethod
    def update(self, predicted: Array, target: Array) -> None:
        """Takes in one batch: (batch, classes) probabilities or logits, and one-hot targets."""

    @abstractmethod
    def compute(self) -> float:
        """The figure over all samples since `reset`; NaN before the first."""

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests and `nnlab check` make one; by default the defaults."""
        return ({},)


METRICS: Registry[Metric] = Registry("accuracy", "nnlab.metrics")
