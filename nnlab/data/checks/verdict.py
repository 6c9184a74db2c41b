"""All checks of a dataset, and what they come to together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import make
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.data.checks.base import DATA_CHECKS, DataCheck, Finding
from nnlab.data.inspection.inspected import Inspected


@dataclass(frozen=True, eq=False)
class Found:
    """What one check found.  Options:  findings: the wrong ones first."""

    check: DataCheck
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """The check's."""
        return type(self.check).__name__

    @property
    def count(self) -> int:
        """How many things there are: the findings that name samples, where some do; the others speak of them all."""
        return sum(bool(finding.places) for finding in self.findings) or len(self.findings)

    @property
    def wrong(self) -> bool:
        """Whether there is a fault among them."""
        return any(finding.wrong for finding in self.findings)

    @property
    def level(self) -> str:
        """That of the worst of them."""
        return "wrong" if self.wrong else "warning"


def verdicts(data: Inspected, checks: Sequence[DataCheck]) -> tuple[Found, ...]:
    """What the checks found: those with faults first, then by how many findings there are; what found nothing is left
    out."""
    found = []
    for check in checks:
        findings = tuple(check.findings(data))
        ordered = sorted(findings, key=lambda finding: not finding.wrong)
        found.append(Found(check, tuple(ordered)))
    ranked = sorted(found, key=lambda one: (not one.wrong, -one.count))
    return tuple(one for one in ranked if one.findings)


def checks_of(
    options: Mapping[str, Mapping[str, Any]], *, only: Sequence[str] = (), without: Sequence[str] = ()
) -> tuple[DataCheck, ...]:
    """The registered checks.

    Options:  options: of a check, by its name.  only: those alone.  without: those not.
    Raises:   UsageError, Mistakes: for every name that no check has, and every option that cannot be.
    """
    mistakes: list[NnlabError] = []
    names = [list(_known(names, mistakes)) for names in (options, only, without)]
    given = dict(zip(names[0], options.values(), strict=False))
    made: list[DataCheck] = []
    for cls in DATA_CHECKS:
        try:
            own = make(cls, given.get(cls.__name__, {}))
        except UsageError as error:
            mistakes.append(error)
            continue
        if (not only or cls.__name__ in names[1]) and cls.__name__ not in names[2]:
            made.append(own)
    if mistakes:
        raise as_one(mistakes)
    if not made:
        raise UsageError("leaves no check to make", where="--without", hint="leave it out")
    return tuple(made)


def _known(names: Sequence[str] | Mapping[str, Any], mistakes: list[NnlabError]) -> Iterator[str]:
    for name in names:
        try:
            yield DATA_CHECKS.name_of(name)
        except UsageError as error:
            mistakes.append(error)
            yield ""
