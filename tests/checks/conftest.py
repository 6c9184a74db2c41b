"""What the planted faults share."""

from collections.abc import Callable, Iterable

import pytest

from nnlab.checks.findings import Finding, judged

Fails = Callable[[str, Iterable[Finding], str], None]


@pytest.fixture
def fails() -> Fails:
    """Holds that a component fails by a finding, not by raising, and that a finding which failed names the place."""

    def hold(name: str, findings: Iterable[Finding], says: str) -> None:
        seen: list[Finding] = []

        def noted() -> Iterable[Finding]:
            for finding in findings:
                seen.append(finding)
                yield finding

        row = judged(name, "planted", noted())
        assert row.component == name
        assert not row.passed
        assert row.worst_relative_error is not None, row.where
        failed = [finding.where for finding in seen if finding.failed]
        assert any(says in where for where in failed), failed

    return hold
