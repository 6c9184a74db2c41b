"""Draws the curves of several runs into one picture: python docs/experiments/compare.py RUN... --output PICTURE.png

A colour for each run, named by its --exp-id; training is the thin line, dev the thick one.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from nnlab.core.errors import NnlabError
from nnlab.tracking.run import Run, read_run

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222", "#7a7a7a")
"""Told apart by the colour-blind (Okabe and Ito)."""

WIDTHS = {"training": 0.9, "dev": 2.2}
SMALLEST_LOSS = 1e-8
"""A loss of 0 has no place on a logarithmic axis; it is drawn here."""


def main() -> None:
    """Reads the arguments and draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", metavar="RUN", help="run folders, such as runs/latest")
    parser.add_argument("--output", type=Path, required=True, help="the PNG to write")
    parser.add_argument("--title", default="", help="heading of the picture")
    asked = parser.parse_args()
    if len(asked.runs) > len(COLOURS):
        parser.error(f"at most {len(COLOURS)} runs, or the colours run out")
    try:
        runs = [read_run(folder) for folder in asked.runs]
    except NnlabError as error:
        parser.error(str(error))
    draw(runs, asked.output, title=asked.title)


def draw(runs: Sequence[Run], output: Path, *, title: str = "") -> None:
    """Loss and accuracy side by side."""
    figure = Figure(figsize=(9.2, 3.9), dpi=90)
    FigureCanvasAgg(figure)
    for place, name in enumerate(("loss", "accuracy"), start=1):
        axes = figure.add_subplot(1, 2, place)
        for colour, run in zip(COLOURS, runs, strict=False):
            curves(axes, run, name, colour)
        axes.set_title(name, loc="left", fontsize=10)
        axes.set_xlabel("epoch")
        axes.grid(color="#e6e6e6")
        axes.spines[["top", "right"]].set_visible(False)
        if name == "loss":
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 1.03)
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    names = [str(run.config["run"]["exp_id"]) for run in runs]
    marks = [Line2D([], [], color=colour, label=name) for colour, name in zip(COLOURS, names, strict=False)]
    marks += [Line2D([], [], color="#222222", linewidth=width, label=name) for name, width in WIDTHS.items()]
    figure.text(0.01, 0.985, title, va="top", fontsize=11, fontweight="bold")
    figure.legend(
        handles=marks, loc="upper left", bbox_to_anchor=(0, 0.935), ncols=len(marks), frameon=False, fontsize=8
    )
    figure.tight_layout(rect=(0, 0, 1, 0.88))
    figure.savefig(output, metadata={"Software": None})


def curves(axes: Axes, run: Run, name: str, colour: str) -> None:
    """One run's training and dev."""
    for partition, width in WIDTHS.items():
        rows = [row for row in run.metrics if row["partition"] == partition]
        values = [math.nan if row[name] is None else row[name] for row in rows]
        if name == "loss":
            values = [max(value, SMALLEST_LOSS) for value in values]
        axes.plot([row["epoch"] for row in rows], values, color=colour, linewidth=width, alpha=0.9)


if __name__ == "__main__":
    main()
