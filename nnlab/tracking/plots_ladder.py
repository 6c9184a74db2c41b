"""The figures of a ladder of inference: how long a call takes on each rung, and pictures a second by size of batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.tracking.canvas import BLUE, FAINT, GREY, ORANGE, draw_title, figure_at
from nnlab.tracking.plots_labs import COLORS
from nnlab.tracking.sheet import short

WIDE, ROW = 8.5, 0.24
"""Inches: of a figure, and of a rung in it."""


@dataclass(frozen=True)
class Step:
    """A rung.  Options:  ratio: of its time to the reference's; quartiles: over rounds.  known: whether it is one."""

    name: str
    ratio: float
    quartiles: tuple[float, float]
    known: bool


def draw_steps(path: Path, steps: Sequence[Step], spread: tuple[float, float] | None, title: str, note: str) -> None:
    """A lying bar from 1 to each ratio, its quartiles as a line; grey where it may be nothing.

    Options:  spread: ratios between these say nothing, and are shaded.
    Raises:   RunError: when the file cannot be written.
    """
    height = 1.25 + ROW * len(steps)
    with figure_at(path, WIDE, height) as figure:
        plane = figure.add_axes((0.27, 0.5 / height, 0.7, (height - 1.25) / height))
        _dressed(plane)
        if spread is not None:
            plane.axvspan(*spread, color=FAINT, zorder=0)
        for place, step in enumerate(steps):
            color = GREY if not step.known else ORANGE if step.ratio > 1 else BLUE
            plane.barh([place], [step.ratio - 1], left=1, height=0.62, color=color, zorder=2)
            plane.plot(step.quartiles, [place, place], color="#222222", linewidth=1.0, zorder=3)
            end = max(step.ratio, step.quartiles[1], 1)
            plane.annotate(f"{step.ratio:.2f}", (end, place), xytext=(4, -3), textcoords="offset points", fontsize=7)
        plane.axvline(1, color=GREY, linewidth=0.9, zorder=1)
        plane.set_xscale("log")
        low, high = (pick([1.0, *(value for s in steps for value in (s.ratio, *s.quartiles))]) for pick in (min, max))
        plane.set_xlim(low / 1.25, high * 1.5)
        ticks = [
            tick for tick in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if low / 1.25 < tick < high * 1.5
        ]
        plane.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        plane.minorticks_off()
        plane.set_yticks(range(len(steps)), [short(step.name, 30) for step in steps], fontsize=8, parse_math=False)
        plane.set_ylim(len(steps) - 0.4, -0.6)
        plane.set_xlabel("time of a call, the reference's being 1")
        draw_title(figure, title, note)


def draw_throughput(path: Path, lines: Mapping[str, Mapping[int, float]], title: str, note: str) -> None:
    """Pictures a second over the size of a batch, a line for each rung. Raises RunError: as above."""
    with figure_at(path, WIDE, 4.4) as figure:
        plane = figure.add_axes((0.1, 0.12, 0.6, 0.7))
        _dressed(plane)
        sizes = sorted({size for line in lines.values() for size in line})
        for place, (name, line) in enumerate(lines.items()):
            color, dashes = COLORS[place % 5], "-" if place < 5 else "--"
            plane.plot(list(line), list(line.values()), dashes, color=color, marker="o", markersize=3, label=name)
        plane.set_xscale("log")
        plane.set_yscale("log")
        plane.set_xticks(sizes, [str(size) for size in sizes])
        plane.minorticks_off()
        plane.set_xlabel("pictures in a batch")
        plane.set_ylabel("pictures a second")
        figure.legend(loc="upper right", frameon=False, fontsize=7, bbox_to_anchor=(0.99, 0.85))
        draw_title(figure, title, note)


def _dressed(plane: Any) -> None:
    plane.grid(color=FAINT, linewidth=0.6)
    plane.set_axisbelow(True)
    plane.spines[["top", "right"]].set_visible(False)
