"""Several runs become one page, and one JSON document."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.tracking.files import write_whole, writing
from nnlab.tracking.run import Run
from nnlab.tracking.several.decide import decide
from nnlab.tracking.several.groups import groups_of
from nnlab.tracking.several.page import several_page
from nnlab.tracking.several.table import Compared, compared, row
from nnlab.tracking.several.verdict import Partition, Verdict
from nnlab.tracking.several.words import document as verdict_document
from nnlab.tracking.store import file_name

MOST_NAMES = 3


@dataclass(frozen=True)
class SeveralReport:
    """Runs side by side, and what is said of each experiment against the first."""

    compared: Compared
    verdicts: tuple[Verdict, ...]

    @property
    def page(self) -> str:
        """The page, as HTML."""
        return several_page(self.compared, self.verdicts)

    @property
    def name(self) -> str:
        """A file name for the page."""
        labels = [group.label for group in self.compared.groups]
        more = f"-and-{len(labels) - MOST_NAMES}-more" if len(labels) > MOST_NAMES else ""
        return f"report-{file_name('-'.join(labels[:MOST_NAMES]))}{more}.html"

    def write(self, path: Path) -> None:
        """Writes the page. Raises RunError: when it cannot be written."""
        with writing(path, hint="choose another place with --output"):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, self.page)

    def document(self, report: Path | None) -> dict[str, Any]:
        """What --json prints."""
        found = self.compared
        return {
            "schema_version": 1,
            "report": None if report is None else str(report),
            "figure": found.judge.key,
            "better": found.judge.better,
            "groups": [row(found, group) for group in found.groups],
            "runs": [str(run.folder) for run in found.runs],
            "differing": found.differing,
            "comparisons": [verdict_document(verdict) for verdict in self.verdicts],
        }


def report_of(runs: Sequence[Run], partition: Partition = "test") -> SeveralReport:
    """Runs in groups that differ in their seeds alone, each held against the first.

    Raises:  DataError: when a run's files are damaged.
    """
    groups = groups_of(runs)
    verdicts = tuple(decide(groups[0], group, partition) for group in groups[1:])
    return SeveralReport(compared(groups), verdicts)
