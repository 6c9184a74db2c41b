"""What a study of models or of sizes leaves: its document, its figures, its page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.labs.engine import Finished
from nnlab.labs.page import LabPage, Part, Said, lab_page
from nnlab.labs.plan import Plan
from nnlab.labs.studies import step_cells
from nnlab.labs.studies.figures import draw, pictures
from nnlab.labs.studies.line import lines_of
from nnlab.labs.studies.table import StudyTable, study_table
from nnlab.labs.study_folder import REPORT, StudyFolder
from nnlab.tracking.several.verdict import Verdict
from nnlab.tracking.several.words import TONES, figures, headline, method

WORDS = (
    "± is the standard deviation over seeds; accuracies are of the best weights by dev. CPU s: of a run's whole "
    "process, reading its pictures included. Epochs: the median and quartiles, a run's first one left out. Peak: "
    "memory over what the process had before the network was built, as it was met in training and in scoring. The "
    "estimate is torchinfo's formula, 4 bytes of each input, 8 of each output of a layer with parameters, 4 of each "
    f"parameter: no measurement. Multiply-adds and activations are of one picture. {step_cells.WORDS}"
)

FLAT = 1.15
"""By how much the time of sizes that count as its floor may differ."""


@dataclass(frozen=True)
class Study:
    """A study that ended, or was left.  Options:  table: None where no cell came to its end."""

    plan: Plan
    folder: StudyFolder
    finished: Finished
    table: StudyTable | None

    def document(self) -> dict[str, Any]:
        """What --json prints, and `<lab>.json` says."""
        table = self.table
        return {
            "lab": self.plan.lab,
            "study": str(self.folder.folder),
            "options": dict(self.plan.options),
            "judged": table and table.judged,
            "figure": table and table.compared.judge.key,
            "rows": table.document() if table else [],
            "says": list(sentences(table)) if table else [],
            "cells": [{key: value for key, value in row.items() if key != "result"} for row in self.finished.rows],
            "left": [cell.about for cell in self.finished.left],
        }


def studied(plan: Plan, folder: StudyFolder, finished: Finished, lead: str, *, theirs: bool = False) -> Study:
    """A study's table. Options:  lead: what its first column is called. Raises DataError: a run is damaged."""
    lines = lines_of(plan.names, finished.rows, folder.folder)
    return Study(plan, folder, finished, study_table(lead, lines, theirs=theirs) if lines else None)


def write(study: Study, title: str, command: str) -> None:
    """The document, the figures and the page. Raises RunError: when the disk takes no more."""
    study.folder.write_document(study.plan.lab, study.document())
    table = study.table
    if table is not None:
        draw(table, study.folder.folder, title)
    made = LabPage(
        title,
        command,
        list(_said(table)) if table else [Said("No cell came to its end", tone="bad")],
        table.head() if table else {"": False},
        table.rows() if table else [],
        _parts(study),
        WORDS if table else "",
        list(sentences(table)) if table else [],
    )
    study.folder.write(REPORT, lab_page(made, study.plan, study.finished, str(study.folder.folder)))


def _said(table: StudyTable) -> Iterator[Said]:
    """A card for each verdict; of many in one."""
    known = [found for found in table.verdicts if found is not None]
    if len(known) > 4:
        yield Said(
            f"Against {table.lines[0].name}",
            tuple(f"{_capital(headline(found))}: {figures(found)}." for found in known),
        )
        return
    for found in known:
        yield Said(
            _capital(headline(found)),
            (f"{_capital(figures(found))}.", f"{_capital(method(found))}."),
            TONES[found.word],
        )


def sentences(table: StudyTable) -> Iterator[str]:
    """What the table says beyond its cells."""
    lines = table.lines
    if table.lead == "size" and len(lines) > 1 and (floor := _floor(table)):
        yield floor
    bound = [line.name for line in lines if line.is_loader_bound]
    if bound:
        yield f"Pictures are what {', '.join(bound)} waited for: over 30% of an epoch."
    cheapest, dearest = (pick(lines, key=lambda line: line.cpu_s) for pick in (min, max))
    verdicts = dict(zip((line.name for line in lines[1:]), table.verdicts, strict=True))
    found: Verdict | None = verdicts.get(dearest.name)
    if cheapest is lines[0] and found is not None and found.word != "better" and dearest.cpu_s > cheapest.cpu_s:
        bought = "nothing that could be told from chance" if found.word == "cannot tell" else "nothing"
        times, larger = dearest.cpu_s / cheapest.cpu_s, dearest.network["parameters"] / cheapest.network["parameters"]
        yield (
            f"{dearest.name} took {times:.1f} times the processor time of {cheapest.name} for {larger:,.0f} times the "
            f"parameters, and bought {bought}: {found.word}."
        )


def _floor(table: StudyTable) -> str:
    """From which size on a smaller picture saves no more time."""
    ordered = sorted((line for line in table.lines if line.epoch_s), key=lambda line: line.network["multiply_adds"])
    least = min((line.epoch_s.middle for line in ordered if line.epoch_s), default=0.0)
    flat = [line for line in ordered if line.epoch_s and line.epoch_s.middle <= FLAT * least]
    if len(flat) < 2:
        return ""
    times = flat[-1].network["multiply_adds"] / max(flat[0].network["multiply_adds"], 1)
    return (
        f"The floor: from {flat[-1].name} down an epoch takes {least:.2f} s or little more ({100 * (FLAT - 1):.0f}%), "
        f"though multiply-adds fall {times:,.1f} times: "
        "what is left is fixed cost of each layer and each picture, not arithmetic."
    )


def _parts(study: Study) -> Sequence[Part]:
    drawn = list(pictures(study.folder.folder))
    return [Part("pictures", "Pictures", drawn)] if drawn else []


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
