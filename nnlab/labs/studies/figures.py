"""The pictures of a study: what accuracy costs, how cost grows, accuracy over size, where the time goes."""

from collections.abc import Iterator
from pathlib import Path

from nnlab.labs.studies.line import Line
from nnlab.labs.studies.table import StudyTable
from nnlab.labs.verdict import chance_of
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.pages.pictures import picture_in
from nnlab.tracking.plots_labs import Axes, Dot, draw_growth, draw_over, draw_pareto, draw_shares

FIGURES = "figures"

ABOUT = {
    "pareto.png": "What accuracy costs: no configuration on the orange line is beaten by one that is cheaper.",
    "cost.png": "How time and memory grow with the network.",
    "sizes.png": "Accuracy over the side of a picture.",
    "phases.png": "Where an epoch's time goes.",
}
"""The figures, and what each shows in a sentence."""


def draw(table: StudyTable, folder: Path, title: str) -> None:
    """Draws what there is to see; a figure that cannot be drawn is a warning.

    Options:  folder: of the study.
    """
    partition, judge = table.judged, table.compared.judge
    where, upright = folder / FIGURES, f"{partition} {judge.title}"
    over = f"{len(table.lines[0].runs)} seeds: bars are the mean's 95% intervals, grey dots single runs"
    note = over if len(table.lines[0].runs) > 1 else "one run each: bars are Wilson's 95% intervals"
    dots = [dot for line in table.lines if (dot := _dot(table, line, line.cpu_s)) is not None]
    with if_drawn(where / "pareto.png"):
        words = Axes(title, "CPU seconds of a run", upright, note, _chance(table), judge.is_share)
        draw_pareto(where / "pareto.png", dots, words)
    if table.lead == "size":
        with if_drawn(where / "sizes.png"):
            sizes = [dot for line in table.lines if (dot := _dot(table, line, side_of(line.name))) is not None]
            words = Axes(title, "side of a picture, pixels", upright, note, _chance(table), judge.is_share)
            draw_over(where / "sizes.png", sizes, words)
    _draw_cost(table, where, title)
    with if_drawn(where / "phases.png"):
        shares = {line.name: line.phases for line in table.lines}
        draw_shares(where / "phases.png", shares, Axes(title, "share of an epoch, %", ""))


def _draw_cost(table: StudyTable, where: Path, title: str) -> None:
    size, across = (
        ("parameters", "parameters") if table.lead != "size" else ("multiply_adds", "multiply-adds a picture")
    )
    panels = {
        "epoch, seconds": [
            Dot(line.name, line.network[size], line.epoch_s.middle) for line in table.lines if line.epoch_s
        ],
        "peak memory, MiB": [
            Dot(line.name, line.network[size], most)
            for line in table.lines
            if (most := line.memory_mb("peak")) is not None
        ],
    }
    with if_drawn(where / "cost.png"):
        draw_growth(where / "cost.png", panels, Axes(title, across, ""))


def pictures(folder: Path) -> Iterator[str]:
    """The figures that were drawn, in the page itself."""
    for name, about in ABOUT.items():
        found = picture_in(folder, f"{FIGURES}/{name}")
        if found is not None:
            yield f"<figure>{found.as_sheet(about)}<figcaption>{about}</figcaption></figure>"


def side_of(name: str) -> float:
    """Of a line of a study of sizes, whose name begins with it."""
    digits = name.partition(" ")[0].partition("x")[0]
    return float(digits)


def _dot(table: StudyTable, line: Line, x: float) -> Dot | None:
    """A line's accuracy, and how sure it is."""
    found = table.compared.spread(line.group, table.judged)
    if found is None:
        return None
    interval = found.interval
    if interval is None and len(found.values) == 1:
        samples = ((line.runs[0].summary or {}).get(table.judged) or {}).get("samples")
        interval = table.compared.judge.interval(found.mean, samples)
    if interval is not None and table.compared.judge.is_share:
        interval = max(interval[0], 0.0), min(interval[1], 1.0)
    return Dot(line.name, x, found.mean, interval, found.values)


def _chance(table: StudyTable) -> float | None:
    """The level of guessing, where it is the same for all."""
    return chance_of([run for line in table.lines for run in line.runs], table.judged)
