"""What the pictures of these pages have in common: colours, axes, reading runs by pattern, writing the file."""

import argparse
import math
from collections.abc import Iterable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nnlab.core.errors import NnlabError
from nnlab.tracking.run import Run, read_run

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222", "#7a7a7a")
"""Told apart by the colour-blind (Okabe and Ito)."""

INK, PALE = "#222222", "#e6e6e6"


def arguments(words: str, *, draws: bool = True) -> argparse.ArgumentParser:
    """A parser that knows --output and --title; `words` is the docstring of a script, which always `draws` or may."""
    parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=draws, help="the PNG to write")
    parser.add_argument("--title", default="", help="heading of the picture")
    return parser


def runs_of(parser: argparse.ArgumentParser, patterns: Iterable[str]) -> list[Run]:
    """The runs in these folders; a pattern that the shell left as it is (`runs/*-f10-*`) is looked up here."""
    try:
        return [
            read_run(found)
            for pattern in map(Path, patterns)
            for found in sorted(pattern.parent.glob(pattern.name)) or [pattern]
        ]
    except NnlabError as error:
        parser.error(str(error))


def name_of(run: Run) -> str:
    """The --exp-id that a run was given."""
    return str(run.config["run"]["exp_id"])


def dtype_of(run: Run) -> str:
    """float32 or float64."""
    return str(run.config["run"]["dtype"])


def seeds_of(run: Run) -> tuple[int, int]:
    """Its model seed and its dataset seed."""
    return run.config["run"]["model_seed"], run.config["data"]["dataset_seed"]


def epochs(run: Run, partition: str, name: str) -> tuple[list[int], list[float]]:
    """Epochs, and the loss or the accuracy of a partition in each; not a number where it was not finite."""
    rows = [row for row in run.metrics if row["partition"] == partition]
    return [row["epoch"] for row in rows], [math.nan if row[name] is None else row[name] for row in rows]


def picture(width: float, height: float, title: str) -> Figure:
    """An empty picture on white, in inches of 90 pixels."""
    figure = Figure(figsize=(width, height), dpi=90, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.01, 1 - 0.06 / height, title, va="top", fontsize=11, fontweight="bold", color=INK)
    return figure


def plain(axes: Axes, heading: str, across: str = "epoch") -> None:
    """A heading, a name for the axis across, a grid, no box."""
    axes.set_title(heading, loc="left", fontsize=10)
    axes.set_xlabel(across)
    axes.grid(color=PALE)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def write(figure: Figure, output: Path) -> None:
    """The file; the same picture gives the same bytes."""
    figure.savefig(output, metadata={"Software": None}, pil_kwargs={"optimize": True})
