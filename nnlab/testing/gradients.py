"""Gradients of a single layer or loss against central differences, by the same check that watches a training run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nnlab.checks.gradients import GradientReport, check_gradients
from nnlab.core.rng import Rng
from nnlab.core.types import Array

TOLERANCE = 1e-7
"""What a right gradient keeps in float64."""

NEAR_A_KINK = 1e-6
"""What it keeps where a corner (of ReLU, say) lies within the step of a difference."""


@dataclass(frozen=True)
class FunctionProbe:
    """A scalar function of named arrays, and its gradient, as a gradient check takes them.

    Options:  parameters: float64 arrays that `objective` reads.
    """

    parameters: Mapping[str, Array]
    objective: Callable[[], float]
    gradient: Callable[[], Mapping[str, Array]]

    def gradients(self) -> Mapping[str, Array]:
        """The hand-written gradient with respect to each array."""
        return self.gradient()

    def value(self, changed: str | None = None) -> float:
        """The function where the arrays are now."""
        return self.objective()


def check_probe(probe: FunctionProbe, *, coordinates: int = 8) -> GradientReport:
    """Holds a gradient against differences, array by array; the report says how far they were apart.

    Raises:  AssertionError: naming the array, the element and both values.
    """
    report = check_gradients(probe, Rng(0).at("testing"), coordinates=coordinates)
    for verdict in report.verdicts:
        allowed = NEAR_A_KINK if verdict.verdict == "kink" else TOLERANCE
        assert verdict.verdict != "bug" and verdict.distance <= allowed, f"wrong gradient: {verdict}"
    return report
