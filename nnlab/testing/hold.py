"""From what a check finds to an assertion."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from nnlab.checks.findings import Finding

T = TypeVar("T")


def hold(findings: Iterable[Finding]) -> None:
    """Raises AssertionError: with the place and size of the first finding that failed, or if nothing was looked at."""
    count = 0
    for finding in findings:
        count += 1
        assert not finding.failed, f"{finding.where} (relative error {finding.error:.3g}, {finding.limit:.3g} allowed)"
    assert count, "there is nothing to look at; `examples()` has to give at least one way to try it"


def run(checks: Iterable[Callable[[T], None]], subject: T, name: str) -> None:
    """Runs checks in turn. Raises AssertionError: with the name of what is checked and of the check that failed."""
    for check in checks:
        try:
            check(subject)
        except AssertionError as error:
            raise AssertionError(f"{name}: {check.__name__}: {error}") from None
