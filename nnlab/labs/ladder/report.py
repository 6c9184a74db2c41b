"""What a ladder leaves: its document, its figures, its page."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.labs.ladder.gone_nodes import graphs
from nnlab.labs.ladder.ladder import Climbed
from nnlab.labs.ladder.words import HEAD, cells, reasons, sentences
from nnlab.labs.page import LabPage, Part, Said, lab_page
from nnlab.labs.study_folder import REPORT
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.pages.page import facts, folded, table
from nnlab.tracking.pages.pictures import picture_in
from nnlab.tracking.plots_ladder import Step, draw_steps, draw_throughput

COMMAND = "nnlab ladder"

WORDS = (
    "Away: the largest difference of any output, by its largest number. Same class: of 64 real pictures. Lost and won: "
    "test pictures that only the reference, only this rung is right about; p of McNemar's exact test. Percentiles are "
    "of all calls, in brackets of those during which the system did not take the processor. Ratios are of calls of the "
    "same round, with the quartiles over rounds. Prepared: compiling, calibrating, done once. Peak: memory over what "
    "the process had before. Without accuracy a cell is empty. What failed parity has no speed."
)

ABOUT = {
    "steps.png": "What each rung takes, the reference's time being 1; grey bars may be nothing.",
    "throughput.png": "Pictures a second by size of batch.",
}
SHOWN = (
    "onnxruntime-off", "onnxruntime-all", "int8-u8s8", "torch-training", "torch-eval", "torch-folded", "torch-frozen",
    "numpy-columns", "numpy-fused",
)  # fmt: skip
"""Rungs whose throughput is drawn."""


def write(made: Climbed) -> None:
    """ladder.json, figures, report.html. Raises RunError: when the disk takes no more."""
    made.study.write_document("ladder", made.document())
    folder = made.study.folder
    _draw(made, folder / "figures")
    judge = made.subject.judge
    rows = [list(cells(line, judge).values()) for line in made.table.lines]
    page = LabPage(
        f"Ladder of inference: {Path(made.subject.name).name}",
        COMMAND,
        list(_said(made)),
        HEAD,
        rows,
        list(_parts(made, folder)),
        WORDS,
        list(sentences(made.table)),
    )
    made.study.write(REPORT, lab_page(page, made.plan, made.finished, str(folder)))


def _said(made: Climbed) -> Iterator[Said]:
    timed = [line for line in made.table.lines if line.word == "faster" and line.to_reference is not None]
    if timed:
        best = min(timed, key=lambda line: line.to_reference.median if line.to_reference else 1.0)
        assert best.to_reference is not None
        yield Said(f"{1 / best.to_reference.median:.1f} times as quick", (f"{best.name}: {best.title}.",), "good")
    refused = [line.name for line in made.table.lines if line.gated.status == "failed parity"]
    if refused:
        yield Said("Failed parity", (f"{', '.join(refused)}: no speed is told of them.",), "warn")
    if made.subject.answers is None:
        yield Said("Accuracy is not known", (made.subject.why_not or "",), "fair")


def _parts(made: Climbed, folder: Path) -> Iterator[Part]:
    drawn = [
        f"<figure>{found.as_sheet(about)}<figcaption>{about}</figcaption></figure>"
        for name, about in ABOUT.items()
        if (found := picture_in(folder, f"figures/{name}")) is not None
    ]
    if drawn:
        yield Part("pictures", "Pictures", drawn)
    if throughput := _throughput(made):
        yield Part("batches", "Batches", [throughput], "Pictures a second, by the median call of a batch of each size.")
    why = [list(pair) for pair in reasons(made.table)]
    if why:
        yield Part("refused", "Without a speed", [table({"rung": False, "why": False}, why)])
    changed = graphs(folder, made.table)
    if changed:
        intro = "Every node that went, against the rung above: its output's shape, and what is there instead."
        yield Part("graph", "What changed in the graph", [_graph(each) for each in changed], intro)
    yield Part("machine", "The machine", [facts(_machine(made.document()["machine"], made))])


def _graph(found: Mapping[str, Any]) -> str:
    head = {"node": False, "operator": False, "shape": False, "instead": False}
    rows = [[row["node"], row["operator"], shape_text(row["shape"]), row["instead"]] for row in found["gone"]]
    return folded(
        f"{found['rung']}: {found['before']} nodes -> {found['after']} ({found['counts']})", table(head, rows)
    )


def shape_text(shape: Sequence[int | None] | None) -> str:
    """A shape in words."""
    return "?" if shape is None else " x ".join("?" if size is None else str(size) for size in shape)


def _throughput(made: Climbed) -> str:
    lines = [line for line in made.table.lines if line.throughput]
    sizes = list(dict.fromkeys(size for line in lines for size in line.throughput))
    if not lines:
        return ""
    head = {"rung": False, **{f"{size} at once": True for size in sizes}}
    rows = [
        [line.name, *(f"{line.throughput[s]:,.0f}" if s in line.throughput else "-" for s in sizes)] for line in lines
    ]
    return table(head, rows)


def _machine(found: Mapping[str, Any], made: Climbed) -> dict[str, str]:
    asked = made.wish.protocol
    return {
        "processor": found["processor"],
        "instructions": ", ".join(found["instructions"]) or "none of those that 8 bits gain by",
        "governor": found["governor"] or "not told",
        "threads": str(made.wish.threads),
        "protocol": f"{asked.calls} calls and {asked.seconds:g} s of each at least, in {asked.processes} processes",
    }


def _draw(made: Climbed, where: Path) -> None:
    table_ = made.table
    steps = [
        Step(line.name, line.to_reference.median, line.to_reference.quartiles, line.word != "cannot tell")
        for line in table_.lines
        if line.to_reference is not None and line.name != table_.reference
    ]
    title, note = f"Ladder of {Path(made.subject.name).name}", f"{made.wish.threads} thread(s), one picture at a time"
    if steps:
        with if_drawn(where / "steps.png"):
            draw_steps(where / "steps.png", steps, table_.spread, title, note)
    lines = {
        line.name: {int(size): value for size, value in line.throughput.items()}
        for line in table_.lines
        if line.throughput and line.name in SHOWN
    }
    if lines and len(made.wish.sizes) > 1:
        with if_drawn(where / "throughput.png"):
            draw_throughput(where / "throughput.png", lines, title, f"{made.wish.threads} thread(s)")
