"""The figures of labs: accuracy over cost, cost over size, accuracy over size, where time goes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.tracking.canvas import BLUE, FAINT, GREY, INK, ORANGE, draw_title, figure_at
from nnlab.tracking.sheet import short

COLORS = ("#0072B2", "#56B4E9", "#D55E00", "#E69F00", "#009E73", "#b0b0b0")
"""Of shares that are stacked, told apart by the colour-blind."""

WIDE, HIGH = 7.5, 4.2


@dataclass(frozen=True)
class Dot:
    """A configuration in a plane.  Options:  interval: of y, of 95%; None for none.  values: of single runs."""

    name: str
    x: float
    y: float
    interval: tuple[float, float] | None = None
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Axes:
    """What a plane shows.  Options:  chance: a level no better than guessing.  percent: whether y is a share."""

    title: str
    across: str
    upright: str
    note: str = ""
    chance: float | None = None
    percent: bool = True


def pareto_front(dots: Sequence[Dot]) -> list[Dot]:
    """Those that none other beats: cheaper and at least as good, or as cheap and better; the cheapest first."""
    front: list[Dot] = []
    for dot in sorted(dots, key=lambda dot: (dot.x, -dot.y)):
        if not front or dot.y > front[-1].y:
            front.append(dot)
    return front


def draw_pareto(path: Path, dots: Sequence[Dot], axes: Axes) -> None:
    """What is got for what it costs; the front, which no other configuration beats, is a line.

    Raises:  RunError: when the file cannot be written.
    """
    front = pareto_front(dots)
    with figure_at(path, WIDE, HIGH) as figure:
        plane = _plane(figure, axes)
        plane.step([d.x for d in front], [d.y for d in front], where="post", color=ORANGE, linewidth=1.4, zorder=1)
        _dots(plane, dots, front)
        _named(plane, dots)
        _logarithmic(plane.xaxis, [dot.x for dot in dots])


def draw_over(path: Path, dots: Sequence[Dot], axes: Axes) -> None:
    """A figure over sizes that double, joined by a line in their order. Raises RunError: as `draw_pareto`."""
    ordered = sorted(dots, key=lambda dot: dot.x)
    with figure_at(path, WIDE, HIGH) as figure:
        plane = _plane(figure, axes)
        plane.plot([d.x for d in ordered], [d.y for d in ordered], color=BLUE, linewidth=1.2, zorder=1)
        _dots(plane, ordered, [])
        sizes = sorted({dot.x for dot in ordered})
        plane.set_xscale("log")
        plane.set_xticks(sizes, [f"{size:g}" for size in sizes])
        plane.minorticks_off()


def draw_growth(path: Path, panels: Mapping[str, Sequence[Dot]], axes: Axes) -> None:
    """Costs over a size, each in a panel, both scales logarithmic. Raises RunError: as `draw_pareto`.

    Options:  panels: dots by what is upright.
    """
    with figure_at(path, WIDE + 1, HIGH) as figure:
        width = 0.86 / len(panels)
        for place, (upright, dots) in enumerate(panels.items()):
            plane = figure.add_axes((0.08 + place * (width + 0.06), 0.14, width - 0.06, 0.66))
            _dressed(plane, axes.across, upright)
            ordered = sorted((dot for dot in dots if dot.y > 0), key=lambda dot: dot.x)
            plane.plot([d.x for d in ordered], [d.y for d in ordered], color=GREY, linewidth=0.8, zorder=1)
            _dots(plane, ordered, [])
            _named(plane, ordered)
            _logarithmic(plane.xaxis, [dot.x for dot in ordered])
            _logarithmic(plane.yaxis, [dot.y for dot in ordered])
        draw_title(figure, axes.title, axes.note)


def draw_shares(path: Path, shares: Mapping[str, Mapping[str, float]], axes: Axes) -> None:
    """Where time goes: a lying bar for each configuration, of shares that add up to one. Raises RunError: as above.

    Options:  shares: by configuration, by phase.
    """
    names = list(shares)
    height = 1.3 + 0.34 * len(names)
    with figure_at(path, WIDE, height) as figure:
        plane = figure.add_axes((0.2, 0.45 / height, 0.76, (height - 1.3) / height))
        left = [0.0] * len(names)
        for color, phase in zip(COLORS, _phases(shares), strict=False):
            lengths = [100 * shares[name].get(phase, 0.0) for name in names]
            plane.barh(range(len(names)), lengths, left=left, height=0.66, color=color, label=phase)
            for place, (start, length) in enumerate(zip(left, lengths, strict=True)):
                if length >= 6:
                    plane.text(start + length / 2, place, f"{length:.0f}", ha="center", va="center", color="white")
            left = [start + length for start, length in zip(left, lengths, strict=True)]
        plane.set_yticks(range(len(names)), [short(name, 20) for name in names], parse_math=False)
        plane.set_ylim(len(names) - 0.5, -0.5)
        plane.set_xlim(0, 100)
        plane.set_xlabel(axes.across)
        plane.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="upper right", ncols=6, frameon=False, bbox_to_anchor=(0.98, 1 - 0.42 / height))
        draw_title(figure, axes.title, axes.note)


def draw_crossed(path: Path, table: Sequence[Sequence[float | None]], axes: Axes) -> None:
    """A column of dots for each row of a table, those of one of its columns in one colour; its mean as a bar.

    Options:  table: None where there is no figure.
    Raises:  RunError: as above.
    """
    with figure_at(path, WIDE, HIGH) as figure:
        plane = _plane(figure, axes)
        columns = len(table[0])
        for place, row in enumerate(table):
            known = {column: value for column, value in enumerate(row) if value is not None}
            for column, value in known.items():
                shift = 0.5 * ((column + 0.5) / columns - 0.5)
                plane.plot([place + shift], [value], "o", color=COLORS[column % len(COLORS)], markersize=5)
            if not known:
                continue
            mean = sum(known.values()) / len(known)
            plane.plot([place - 0.3, place + 0.3], [mean, mean], color=INK, linewidth=1.2, alpha=0.7)
        plane.set_xticks(range(len(table)), [f"{place}" for place in range(len(table))])


def _phases(shares: Mapping[str, Mapping[str, float]]) -> list[str]:
    return list(dict.fromkeys(phase for own in shares.values() for phase in own))


def _logarithmic(axis: Any, values: Sequence[float]) -> None:
    """A logarithmic axis with some numbers that people read, and room at its ends for names."""
    known = [value for value in values if value > 0]
    if not known:
        return
    low, high = min(known) / 1.25, max(known) * 1.5
    axis.axes.set(**{f"{axis.axis_name}scale": "log", f"{axis.axis_name}lim": (low, high)})
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 300 else (1,)
    ticks = [step * 10.0**decade for decade in decades for step in steps if low <= step * 10.0**decade <= high]
    axis.set_ticks(ticks, [_short(tick) for tick in ticks])
    axis.set_ticks([], minor=True)


def _short(value: float) -> str:
    """1500 as 1.5k, 2000000 as 2M."""
    for unit, divisor in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= divisor:
            return f"{value / divisor:g}{unit}"
    return f"{value:g}"


def _plane(figure: Any, axes: Axes) -> Any:
    plane = figure.add_axes((0.1, 0.13, 0.86, 0.68))
    _dressed(plane, axes.across, axes.upright)
    if axes.percent:
        plane.yaxis.set_major_formatter(lambda value, place: f"{100 * value:.0f}%")
    if axes.chance is not None:
        plane.axhline(axes.chance, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
        where = {"xycoords": ("axes fraction", "data"), "xytext": (-4, 3), "textcoords": "offset points"}
        plane.annotate("chance", (1, axes.chance), ha="right", color=GREY, **where)
    draw_title(figure, axes.title, axes.note)
    return plane


def _dressed(plane: Any, across: str, upright: str) -> None:
    plane.grid(color=FAINT, linewidth=0.6)
    plane.set_axisbelow(True)
    plane.spines[["top", "right"]].set_visible(False)
    plane.set_xlabel(across)
    plane.set_ylabel(upright)


def _dots(plane: Any, dots: Sequence[Dot], front: Sequence[Dot]) -> None:
    for dot in dots:
        color = ORANGE if dot in front else BLUE
        if dot.interval is not None and all(map(math.isfinite, dot.interval)):
            plane.plot([dot.x, dot.x], dot.interval, color=color, linewidth=1.2, alpha=0.6, zorder=2)
        if len(dot.values) > 1:
            plane.plot([dot.x] * len(dot.values), dot.values, ".", color=GREY, markersize=3, zorder=2)
        plane.plot([dot.x], [dot.y], "o", color=color, markersize=6, zorder=3)


def _named(plane: Any, dots: Sequence[Dot]) -> None:
    for dot in dots:
        plane.annotate(
            short(dot.name, 24), (dot.x, dot.y), xytext=(6, 6), textcoords="offset points", color=INK, fontsize=8,
            parse_math=False,
        )  # fmt: skip
