"""What the planted faults share."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from nnlab.backends.base import BACKENDS
from nnlab.checks.findings import Finding, judged
from nnlab.checks.translation_checks import translation_findings

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
                if finding.failed and says in finding.where:
                    return  # it is found: what else there is does not matter

        row = judged(name, "planted", noted())
        assert row.component == name
        assert not row.passed
        assert row.worst_relative_error is not None, row.where
        failed = [finding.where for finding in seen if finding.failed]
        assert any(says in where for where in failed), failed

    return hold


@pytest.fixture
def on_torch() -> Callable[[Any], Iterable[Finding]]:
    """What `nnlab check --backend=torch` finds of a component; the test is skipped where torch is not installed."""

    def findings(cls: Any) -> Iterable[Finding]:
        pytest.importorskip("torch", reason="there is nothing to hold it against")
        translated = BACKENDS.get("torch").translated()
        assert translated is not None
        return translation_findings(cls, translated)

    return findings
