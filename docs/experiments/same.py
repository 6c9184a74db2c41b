"""Holds runs that ought to be the same against each other, in figures and in a picture.

    python docs/experiments/same.py --runs RUN RUN... [--runs RUN RUN...] [--output PICTURE.png]

The first of each --runs is what its others are held against. A RUN may be a pattern of several runs ('runs/*-relu*'),
which are paired by their seeds; what is printed is then the largest difference of any pair. The picture has the first
seed's curves of the first --runs over each other, and how far the losses of every pair are apart, epoch by epoch.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from drawing import COLOURS, INK, arguments, dtype_of, epochs, name_of, picture, plain, runs_of, seeds_of, write
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatter

from nnlab.core.types import Array
from nnlab.tracking.run import Run

PARTITIONS = ("training", "dev")
ZERO = 1e-18
"""Where no difference at all is drawn: below every difference of two float64 that there can be here."""

Seeds = Mapping[tuple[int, int], Run]
"""Runs of one kind, by their seeds."""


def main() -> None:
    """Reads the arguments, says how far the runs are apart, and draws."""
    parser = arguments(__doc__ or "", draws=False)
    parser.add_argument("--runs", nargs="+", action="append", required=True, metavar="RUN", help="runs to hold equal")
    asked = parser.parse_args()
    groups = [[{seeds_of(run): run for run in runs_of(parser, [item])} for item in items] for items in asked.runs]
    if any(len(group) < 2 or any(kind.keys() != group[0].keys() for kind in group) for group in groups):
        parser.error("each --runs needs two runs or more, of the same seeds")
    print("| runs | seeds | loss, any epoch | accuracy, any epoch | weights, statistics | largest | identical |")
    print("|---|---|---|---|---|---|---|")
    for group in groups:
        for other in group[1:]:
            print(row(group[0], other))
    if asked.output:
        draw(groups, asked.output, title=asked.title)


def apart(one: Seeds, other: Seeds, name: str) -> Array:
    """|one - other| of the loss or the accuracy.  Shapes:  (seeds, partitions, epochs)"""
    sides = [[[epochs(kind[seed], p, name)[1] for p in PARTITIONS] for seed in one] for kind in (one, other)]
    difference: Array = np.abs(np.subtract(*map(np.array, sides)))
    return difference


def row(one: Seeds, other: Seeds) -> str:
    """The largest differences of two kinds of runs, as a line of a table."""
    loss, accuracy = float(apart(one, other, "loss").max()), float(apart(one, other, "accuracy").max())
    far = large = 0.0
    alike = loss == 0
    for seed in one:
        here, there = weights(one[seed]), weights(other[seed])
        if here.keys() != there.keys():
            raise SystemExit(f"{one[seed].name} and {other[seed].name} have different weights")
        for name, values in here.items():
            far = max(far, float(np.abs(values.astype("float64") - there[name]).max()))
            large = max(large, float(np.abs(values).max()))
            alike &= values.tobytes() == there[name].tobytes()
    words = f"{pair(one, other)} | {len(one)} | {loss:.1e} | {accuracy:.1%} | {far:.1e} | {large:.2g}"
    return f"| {words} | {'yes' if alike else 'no'} |"


def weights(run: Run) -> dict[str, Array]:
    """What it learnt, by name; of a network from an ONNX file by the names in the file."""
    return {name.removeprefix("onnx."): value for name, value in run.weights("last")[0].items()}


def pair(one: Seeds, other: Seeds) -> str:
    """What is held against what."""
    (a, *_), (b, *_) = one.values(), other.values()
    if dtype_of(a) == dtype_of(b):
        return f"{name_of(a)} and {name_of(b)}, {dtype_of(a)}"
    return f"{name_of(a)} {dtype_of(a)} and {name_of(b)} {dtype_of(b)}"


def draw(groups: Sequence[Sequence[Seeds]], output: Path, *, title: str) -> None:
    """The curves of the first group over each other: loss, accuracy; then the differences of all pairs."""
    figure = picture(11, 4.2, title)
    loss, accuracy, difference = figure.subplots(1, 3, width_ratios=(1, 1, 1.3))
    first = [next(iter(kind.values())) for kind in groups[0]]
    for name, axes in (("loss", loss), ("accuracy", accuracy)):
        plain(axes, name)
        over_each_other(axes, first, name)
    loss.set_yscale("log")
    loss.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    loss.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1, 0.4)))
    loss.margins(y=0.14)
    accuracy.set_ylim(0, 1.1)
    accuracy.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    differences(difference, [(group[0], other) for group in groups for other in group[1:]])
    marks = [
        Line2D([], [], color=colour, linewidth=width, label=name_of(run))
        for run, colour, width in zip(first, COLOURS, widths(first), strict=False)
    ]
    figure.legend(handles=marks, loc="upper left", bbox_to_anchor=(0, 0.94), ncols=4, frameon=False, fontsize=8.5)
    figure.tight_layout(rect=(0, 0, 1, 0.88), w_pad=2)
    write(figure, output)


def widths(runs: Sequence[Run]) -> list[float]:
    """Thick below, thin on top, so that every run shows though all lie in one place."""
    return [float(width) for width in np.linspace(3.4 + 0.8 * (len(runs) - 2), 1, len(runs))]


def over_each_other(axes: Axes, runs: Sequence[Run], name: str) -> None:
    """Training and dev of every run; which is which stands at the end of the first run's."""
    for run, colour, width in zip(runs, COLOURS, widths(runs), strict=False):
        for partition in PARTITIONS:
            axes.plot(*epochs(run, partition, name), color=colour, linewidth=width, solid_capstyle="butt")
    ends = {partition: epochs(runs[0], partition, name) for partition in PARTITIONS}
    for partition, (across, values) in ends.items():
        upper = values[-1] == max(here[-1] for _, here in ends.values())
        axes.annotate(
            partition,
            (across[-1], values[-1]),
            xytext=(0, 8 if upper else -8),
            textcoords="offset points",
            ha="right",
            va="bottom" if upper else "top",
            fontsize=8.5,
            color=INK,
        )


def differences(axes: Axes, pairs: Sequence[tuple[Seeds, Seeds]]) -> None:
    """A line for every pair: the largest of training and dev, of any seed, in each epoch."""
    for place, (colour, (one, other)) in enumerate(zip(COLOURS[2:] + COLOURS[:2], pairs, strict=False)):
        worst = apart(one, other, "loss").max(axis=(0, 1))
        label = pair(one, other) + (f", worst of {len(one)} seeds" if len(one) > 1 else "")
        across, width = np.arange(1, len(worst) + 1), 1 + 0.5 * (len(pairs) - 1 - place)
        axes.plot(across, np.where(worst > 0, worst, np.nan), color=colour, linewidth=width, label=label)
        axes.plot(across[worst == 0], worst[worst == 0] + ZERO, "|", color=colour, markersize=3 + 2 * width)
    plain(axes, "difference of their losses")
    axes.set_yscale("log")
    axes.set_ylim(ZERO / 3, 1e6)
    ticks = [ZERO, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1]
    axes.set_yticks(ticks, ["none", *(f"$10^{{{round(np.log10(tick))}}}$" for tick in ticks[1:])])
    axes.minorticks_off()
    axes.legend(loc="upper left", frameon=False, fontsize=7.5)


if __name__ == "__main__":
    main()
