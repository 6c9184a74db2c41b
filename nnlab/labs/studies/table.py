"""The table of a study: in text, on the page and as JSON, from the same cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.quartiles import Quartiles
from nnlab.labs.studies import like_mas, step_cells
from nnlab.labs.studies.line import PHASES, REST, Line
from nnlab.labs.verdict import verdict
from nnlab.tracking.files import plain
from nnlab.tracking.several.table import Compared, compared
from nnlab.tracking.several.table import row as group_row
from nnlab.tracking.several.verdict import Verdict
from nnlab.tracking.several.words import document as verdict_document


@dataclass(frozen=True)
class StudyTable:
    """Lines, and what is said of each against the first.

    Options:  lead: what the first column is called ("model", "size").  verdicts: of all but the first; None where
              nothing can be said.
              like_mas: whether a published study's own quantities stand beside ours (like_mas.py).
    """

    lead: str
    lines: tuple[Line, ...]
    compared: Compared
    verdicts: tuple[Verdict | None, ...]
    like_mas: bool = False

    @property
    def judged(self) -> str:
        """The partition that verdicts are about."""
        return self.compared.judged

    def head(self) -> dict[str, bool]:
        """The columns, and whether each holds numbers."""
        title = self.compared.heading
        accuracies = [title("training"), title("dev"), title("test")]
        names = [
            "parameters", "multiply-adds", "activations", "estimate MB", "peak MiB training / evaluation / run",
            "epoch s (quartiles)", "CPU s", "pictures/s", *step_cells.HEAD, f"{', '.join((*PHASES, REST))} %",
        ]  # fmt: skip
        more = [f"{self.judged} 95% interval", "bias", "variance", "against the first", ""]
        theirs = like_mas.HEAD if self.like_mas else ()
        return {self.lead: False, **dict.fromkeys((*names, *accuracies, *more, *theirs), True)}

    def rows(self) -> list[list[str]]:
        """A row of text for each line."""
        return [self._row(line, found) for line, found in zip(self.lines, (None, *self.verdicts), strict=True)]

    def _row(self, line: Line, found: Verdict | None) -> list[str]:
        network, group, cell = line.network, line.group, self.compared.cell
        return [
            line.name,
            f"{network['parameters']:,}",
            f"{network['multiply_adds']:,}",
            f"{network['activations']:,}",
            f"{line.estimate_mb:,.1f}",
            " / ".join(_whole(line.memory_mb(when)) for when in ("training", "evaluation", "peak")),
            quartiles(line.epoch_s),
            f"{line.cpu_s:.1f}",
            _whole(line.pictures_s),
            *step_cells.cells(line.steps),
            " ".join(f"{100 * line.phases.get(name, 0.0):.0f}" for name in (*PHASES, REST)),
            *(cell(group, name) for name in ("training", "dev", "test")),
            self.compared.interval(group),
            cell(group, "avoidable_bias"),
            cell(group, "variance"),
            word(line is self.lines[0], found),
            ", ".join(marks(line)),
            *(like_mas.cells(line) if self.like_mas else ()),
        ]

    def document(self) -> list[dict[str, Any]]:
        """The same as JSON has it."""
        return [
            {**_figures(line), **group_row(self.compared, line.group), "verdict": said and verdict_document(said)}
            for line, said in zip(self.lines, (None, *self.verdicts), strict=True)
        ]


def study_table(lead: str, lines: Sequence[Line], *, theirs: bool = False) -> StudyTable:
    """Options:  theirs: as StudyTable's like_mas. Raises DataError: when a run's files are damaged."""
    found = compared([line.group for line in lines])
    partition = "test" if found.judged == "test" else "dev"
    first = (lines[0].name, lines[0].runs)
    verdicts = tuple(verdict(first, (line.name, line.runs), partition) for line in lines[1:])  # type: ignore[arg-type]
    return StudyTable(lead, tuple(lines), found, verdicts, theirs)


def word(is_first: bool, found: Verdict | None) -> str:
    """The verdict's word, and how far apart the two are."""
    if is_first or found is None:
        return "-"
    if found.found.value is None:
        return found.word
    return f"{found.word} ({found.judge.apart(found.found.value)})"


def marks(line: Line) -> list[str]:
    """What else is to be said of a line, in a word or two each."""
    said = ["loader-bound"] if line.is_loader_bound else []
    over = [each for each in line.overshoots if each.get("verdict") == "overshoot"]
    if over:
        said.append(f"overshoots in {len(over)} of {len(line.runs)}" if len(line.runs) > 1 else "overshoots")
    return said


def quartiles(found: Quartiles | None) -> str:
    """The median, and the quartiles in brackets."""
    return "-" if found is None else str(found)


def _whole(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _figures(line: Line) -> Mapping[str, Any]:
    epoch, steps = line.epoch_s, line.steps
    made: dict[str, Any] = plain({
        "name": line.name, **line.network, "estimate_mb": line.estimate_mb,
        "memory_mb": {when: line.memory_mb(when) for when in ("peak", "training", "evaluation")},
        "epoch_s": epoch and epoch.document(), "step_times": steps and steps.document(), "cpu_s": line.cpu_s,
        "pictures_s": line.pictures_s, "phases": line.phases,
        "loader_bound": line.is_loader_bound, "overshoot": line.overshoots,
    })  # fmt: skip
    return made
