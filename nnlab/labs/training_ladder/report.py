"""What a ladder leaves: its document and its page."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nnlab.core.escaped import escape
from nnlab.labs.engine import Finished
from nnlab.labs.page import LabPage, Part, Said, lab_page
from nnlab.labs.plan import Plan
from nnlab.labs.study_folder import CELLS, REPORT, StudyFolder
from nnlab.labs.training_ladder.line import LadderLine
from nnlab.labs.training_ladder.plan import Ladder
from nnlab.labs.training_ladder.table import HEAD, document, notes, sentences, table_rows
from nnlab.tracking.pages.bars import bars

TITLE = "What each optimisation of the training step costs"

COMMAND = "nnlab study ladder"

WORDS = (
    "Each rung alone changes one thing of the first; a rung with + stands on all before it. A step begins where its "
    "minibatch is asked for and ends with the update; the first one is told apart, three more warm up. Ratios are the "
    "mean over passes, each of two processes of one pass. Peak: memory over what the process had before the network "
    "was built. Dev: of trainings, where what is computed may differ; rungs that must not change it were held against "
    "the first one's losses in float64 over 20 steps, and are the first one's where they are equal to 1e-6."
)


def lines_of(ladder: Ladder, finished: Finished, folder: StudyFolder) -> list[LadderLine]:
    """A line for each rung."""
    return [LadderLine(step, finished.rows, folder.folder, ladder.steps) for step in ladder.steps]


def written(plan: Plan, lines: Sequence[LadderLine], folder: StudyFolder, finished: Finished) -> Mapping[str, Any]:
    """Writes the document and the page, and gives the document. Raises RunError: when the disk takes no more."""
    shutil.rmtree(folder.folder / CELLS / "compiled", ignore_errors=True)
    said = list(sentences(lines))
    about = {
        "lab": plan.lab,
        "study": str(folder.folder),
        "options": dict(plan.options),
        "rows": document(lines),
        "says": said,
        "cells": [{key: value for key, value in row.items() if key != "result"} for row in finished.rows],
        "left": [cell.about for cell in finished.left],
    }
    folder.write_document(plan.lab, about)
    below = [*said, *notes(lines)]
    page = LabPage(TITLE, COMMAND, list(_cards(lines)), HEAD, table_rows(lines), list(_parts(lines)), WORDS, below)
    folder.write(REPORT, lab_page(page, plan, finished, str(folder.folder)))
    return about


def _cards(lines: Sequence[LadderLine]) -> Iterator[Said]:
    """What is quicker, and what is not."""
    for engine in dict.fromkeys(line.step.engine for line in lines):
        own = [line for line in lines if line.step.engine == engine and line.step.base and line.passes]
        if not own:
            yield Said(f"{engine}: no rung was timed", tone="bad")
            continue
        quicker = sorted((line for line in own if line.time_word == "faster"), key=_factor)
        others = [line.step.name for line in own if line.time_word in ("no effect", "cannot tell")]
        slower = [line.step.name for line in own if line.time_word == "slower"]
        time = "the processor's time" if own[0].by == "cpu_ms" else "the time"
        best = (
            f"{quicker[0].step.name} takes {_factor(quicker[0]):.2f} of {time}"
            if quicker
            else f"{engine}: no rung is faster"
        )
        named = ", ".join(f"{line.step.name} {_factor(line):.2f}" for line in quicker[1:])
        also = [f"Faster too: {named}."] if named else []
        also += [f"Slower: {', '.join(slower)}."] if slower else []
        also += [f"No effect that could be told: {', '.join(others)}."] if others else []
        yield Said(best, tuple(also), "good" if quicker else "fair")
        changed = [line.step.name for line in own if line.result_word.startswith("changed")]
        if changed:
            yield Said("The result changed", (f"It must not have: {', '.join(changed)}.",), "bad")


def _factor(line: LadderLine) -> float:
    return line.ratio(line.step.base, line.by) or 1.0


def _parts(lines: Sequence[LadderLine]) -> Iterator[Part]:
    timed = [(line.step.name, line.ms.middle if line.ms else None) for line in lines]
    worked = [(line.step.name, line.cpu_ms) for line in lines]
    held = [(line.step.name, line.peak_mb) for line in lines]
    kinds = (("ms", "Time of a step", timed, "ms", "c0"), ("cpu", "The processor's time of a step", worked, "ms", "c2"),
             ("memory", "Memory", held, "MiB", "c4"))  # fmt: skip
    for anchor, heading, values, amount, color in kinds:
        rows = [(name, value, f"{value:,.1f}") for name, value in values if value is not None]
        if rows:
            yield Part(anchor, heading, [bars(rows, name="rung", amount=amount, color=color)])
    about = [(line.step.name, line.step.rung.about) for line in lines if line.step.rung and not line.step.stacked]
    items = "".join(f"<li>{escape(name)}: {escape(words)}</li>" for name, words in about)
    yield Part("rungs", "What the rungs are", [f"<ul>{items}</ul>"])
