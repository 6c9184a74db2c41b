"""What validating a component gives: findings on the way, one row of the table in the end."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from nnlab.checks.gradients import THRESHOLD, GradientReport
from nnlab.kernels.threads import one_blas_thread

EXACT: Final = 1e-9
"""Limit for what is computed twice in float64 from the same numbers, in another order."""

ROUNDED: Final = 1e-3
"""Limit for float32 against float64: gradients are sums that cancel, and lose a few of float32's seven digits."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Options:  where: options, mode and place, for a reader.  error: relative; NaN fails.  limit: above it, failed.
    """

    where: str
    error: float
    limit: float = THRESHOLD

    @property
    def failed(self) -> bool:
        """Whether the error is above its limit."""
        return not self.error <= self.limit


def must(holds: bool, where: str) -> Finding:
    """A finding that is right or wrong, without degrees."""
    return Finding(where, 0.0 if holds else 1.0, 0.0)


def gradient_findings(report: GradientReport, where: str) -> Iterable[Finding]:
    """One finding per parameter of a gradient check."""
    for verdict in report.verdicts:
        error = max(verdict.distance, THRESHOLD * 2) if verdict.verdict == "bug" else verdict.distance
        yield Finding(f"{where}: {verdict}" if verdict.verdict == "bug" else f"{where}: {verdict.parameter}", error)


@dataclass(frozen=True)
class Row:
    """A component's line in the table.

    Options:  worst_relative_error: of what is compared in float64, or that of the finding which failed; None when the
                  component raised.  where: what failed, or where the worst was seen, or how much was looked at.
    """

    component: str
    kind: str
    backend: str
    worst_relative_error: float | None
    passed: bool
    where: str

    def record(self) -> dict[str, Any]:
        """The row as `nnlab check --json` prints it."""
        error = self.worst_relative_error
        return {
            "component": self.component,
            "kind": self.kind,
            "backend": self.backend,
            "worst_relative_error": error if error is not None and math.isfinite(error) else None,
            "verdict": "ok" if self.passed else "failed",
            "where": self.where,
        }


def judged(component: str, kind: str, findings: Iterable[Finding], backend: str = "numpy") -> Row:
    """The row that these findings give. A component that raises is a row that failed, not a traceback."""
    seen: list[Finding] = []
    try:
        seen.extend(findings)
    except Exception as error:  # another package's component may raise anything, and the others are to be checked still
        return Row(component, kind, backend, None, False, f"raised {type(error).__name__}: {error}")
    failed = [finding for finding in seen if finding.failed]
    if not seen:
        return Row(component, kind, backend, None, False, "has no examples to try it with")
    if failed:
        worst = max(failed, key=lambda finding: math.inf if math.isnan(finding.error) else finding.error)
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        return Row(component, kind, backend, worst.error, False, f"{worst.where}{more}")
    worst = max((f for f in seen if f.limit <= THRESHOLD), key=lambda finding: finding.error, default=seen[0])
    return Row(component, kind, backend, worst.error, True, worst.where if worst.error else f"{len(seen)} findings")


def relative(one: Any, other: Any) -> float:
    """|one - other| / (|one| + |other|) of two arrays as wholes; 0 when both are 0, 1 when shapes differ."""
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if one.shape != other.shape:
        return 1.0
    with one_blas_thread():
        scale = float(np.linalg.norm(one) + np.linalg.norm(other))
        return float(np.linalg.norm(one - other)) / scale if scale else 0.0
