"""Draws the final accuracy of every run as a dot, group by group: how much a seed is worth.

    python docs/experiments/seeds.py --group "model seeds" numpy=RUN,RUN torch=RUN,RUN [--group ...] [--output PNG]

RUN may be a pattern (numpy='runs/*-f10-numpy*'). Prints mean ± standard deviation, least and greatest of each as well.
With --spread each group's dots are drawn around its mean, in points, so that groups far apart can be compared.
"""

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from drawing import COLOURS, INK, arguments, epochs, picture, plain, runs_of, write
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nnlab.tracking.run import Run

PARTITIONS = ("training", "dev", "test")

Series = Mapping[str, Sequence[Run]]
"""Runs by the name of their series ("numpy")."""


def main() -> None:
    """Reads the arguments, prints the spread and draws."""
    parser = arguments(__doc__ or "", draws=False)
    parser.add_argument("--until", type=float, metavar="LOSS", help="also print when training's loss falls below this")
    parser.add_argument("--spread", action="store_true", help="draw points from the group's mean, not accuracies")
    parser.add_argument(
        "--group", nargs="+", action="append", required=True, metavar="NAME SERIES=RUN,...", help="a line of dots each"
    )
    asked = parser.parse_args()
    groups: dict[str, Series] = {}
    for heading, *series in asked.group:
        named = (item.partition("=")[::2] for item in series)
        groups[heading.replace("\\n", "\n")] = {name: runs_of(parser, runs.split(",")) for name, runs in named}
    more = [] if asked.until is None else [f"epoch of a training loss below {asked.until:g}"]
    print("| group | runs | " + " | ".join([*PARTITIONS, *more]) + " |\n" + "|---" * (5 + len(more)) + "|")
    for heading, series in groups.items():
        for name, runs in series.items():
            cells = [told(percents(runs, partition)) for partition in PARTITIONS]
            cells += [] if asked.until is None else [reached(runs, asked.until)]
            print(f"| {heading!r}, {name} | {len(runs)} | {' | '.join(cells)} |")
    if asked.output:
        draw(groups, asked.output, title=asked.title, spread=asked.spread)


def percents(runs: Sequence[Run], partition: str) -> list[float]:
    """The final accuracy of each run, of its best weights, in percent."""
    return [100 * run.summary[partition]["accuracy"] for run in runs if run.summary]


def told(values: Sequence[float]) -> str:
    """Mean ± standard deviation (least to greatest)."""
    mean, deviation = statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{mean:.1f} ± {deviation:.1f} ({min(values):.1f} to {max(values):.1f})"


def reached(runs: Sequence[Run], loss: float) -> str:
    """The median of the epochs in which training's loss fell below this, the first and the last; inf is never."""
    first = [
        next((e for e, value in zip(*epochs(run, "training", "loss"), strict=True) if value < loss), math.inf)
        for run in runs
    ]
    return f"{statistics.median(first):g} ({min(first)} to {max(first)})"


def draw(groups: Mapping[str, Series], output: Path, *, title: str, spread: bool) -> None:
    """A column for each partition, a line for each group, in it a lane for each series."""
    names = list(dict.fromkeys(name for series in groups.values() for name in series))
    figure = picture(10.5, 1.15 + 0.68 * len(groups), title)
    columns = figure.subplots(1, len(PARTITIONS), sharey=True, sharex=spread)
    for axes, partition in zip(columns, PARTITIONS, strict=True):
        plain(axes, partition, "points from the mean" if spread else "accuracy, %")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        for line, series in enumerate(groups.values()):
            for name, runs in series.items():
                lane = line + 0.42 * (names.index(name) - (len(names) - 1) / 2)
                values = percents(runs, partition)
                mean = statistics.fmean(values)
                dots(axes, [value - mean * spread for value in values], lane, COLOURS[names.index(name)])
                if spread:
                    axes.text(1.01, lane, f"{mean:.1f}%", transform=axes.get_yaxis_transform(), **SMALL)
        if spread:
            axes.text(1.01, 1.02, "mean", transform=axes.transAxes, **SMALL)
        axes.set_yticks(range(len(groups)), list(groups), fontsize=9)
        axes.set_ylim(len(groups) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
    marks = [Line2D([], [], color=COLOURS[i], marker="o", linestyle="", label=name) for i, name in enumerate(names)]
    marks.append(Line2D([], [], color=INK, marker="|", markersize=10, linestyle="", label="mean"))
    figure.legend(handles=marks, loc="upper right", ncols=len(marks), frameon=False, fontsize=8.5)
    figure.tight_layout(rect=(0, 0, 1, 1 - 0.3 / figure.get_figheight()))
    write(figure, output)


SMALL: Any = {"ha": "left", "va": "center", "fontsize": 7.5, "color": INK}


def dots(axes: Axes, values: Sequence[float], lane: float, colour: str) -> None:
    """A dot for each value, equal ones above each other around the lane, and a bar for the mean."""
    for value, many in Counter(round(value, 6) for value in values).items():
        step = min(0.075, 0.36 / many)
        lanes = [lane + step * (place - (many - 1) / 2) for place in range(many)]
        axes.plot([value] * many, lanes, "o", color=colour, markersize=4.5, alpha=0.75, markeredgewidth=0)
    axes.plot([statistics.fmean(values)], [lane], "|", color=INK, markersize=13, markeredgewidth=1.4)


if __name__ == "__main__":
    main()
