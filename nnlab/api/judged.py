"""Whether one run, or one experiment over seeds, is better than another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.api.run import Run
from nnlab.core.errors import UsageError
from nnlab.core.notebook import shown
from nnlab.metrics.significance import Word
from nnlab.tracking.several.decide import decide
from nnlab.tracking.several.groups import Group, groups_of, labels_of
from nnlab.tracking.several.verdict import Partition, Verdict
from nnlab.tracking.several.words import document, figures, headline, method

Runs = Run | Sequence[Run]
"""A run, or several that differ in their seeds alone."""


@dataclass(frozen=True, eq=False)
class Judged:
    """What can be said of the second against the first.

    Options:  verdict: all of it (nnlab/tracking/several/verdict.py).
    """

    verdict: Verdict

    @property
    def word(self) -> Word:
        """better, worse, or cannot tell."""
        return self.verdict.word

    @property
    def difference(self) -> float | None:
        """The second's figure less the first's."""
        return self.verdict.found.value

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the difference, of 95%."""
        return self.verdict.found.interval

    @property
    def p(self) -> float | None:
        """How often chance alone gives as much."""
        return self.verdict.found.p

    @property
    def document(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        return document(self.verdict)

    @property
    def said(self) -> str:
        """In a sentence."""
        return headline(self.verdict)

    def __repr__(self) -> str:
        return f"Judged({self.said}; {figures(self.verdict)}; {method(self.verdict)})"

    def _repr_html_(self) -> str:
        """The word, the figures and the test, as a notebook shows them."""
        return shown(self.said, shown("", note=figures(self.verdict)), note=method(self.verdict))


def judged(first: Any, second: Any, partition: Partition) -> Judged:
    """The second against the first. Raises UsageError: what are no runs, or differ in more than their seeds."""
    both = [_runs(each, name) for each, name in ((first, "the first"), (second, "the second"))]
    if {run.folder for run in both[0]} & {run.folder for run in both[1]}:
        raise UsageError("are the same run", where="compare", hint="pass two")
    labels = labels_of([[run.record for run in runs] for runs in both])
    one, other = (_group(label, runs) for label, runs in zip(labels, both, strict=True))
    return Judged(decide(one, other, partition))


def _runs(given: Any, name: str) -> list[Run]:
    runs = [given] if isinstance(given, Run) else list(given) if isinstance(given, (list, tuple)) else []
    if not runs or not all(isinstance(run, Run) for run in runs):
        what = f"{name} is a {type(given).__name__}, and a run is compared with a run"
        raise UsageError(what, where="compare", hint="pass runs, or lists of runs: nnlab.load(RUN)")
    return runs


def _group(label: str, runs: list[Run]) -> Group:
    (found, *others) = groups_of([run.record for run in runs])
    if others:
        what = "differ in more than their seeds, so they are no repetitions of one experiment"
        raise UsageError(what, where=", ".join(run.name for run in runs[:3]), hint="pass those of one experiment")
    return Group(label, found.runs, found.repeated)
