"""Draws the curves of several runs into one picture: python docs/experiments/compare.py RUN... --output PICTURE.png

A colour for each run, named by its --exp-id; training is the thin line, dev the thick one.
"""

from collections.abc import Sequence
from pathlib import Path

from drawing import COLOURS, INK, arguments, epochs, name_of, picture, plain, runs_of, write
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nnlab.tracking.run import Run

WIDTHS = {"training": 0.9, "dev": 2.2}
SMALLEST_LOSS = 1e-8
"""A loss of 0 has no place on a logarithmic axis; it is drawn here."""


def main() -> None:
    """Reads the arguments and draws."""
    parser = arguments(__doc__ or "")
    parser.add_argument("runs", nargs="+", metavar="RUN", help="run folders, such as runs/latest")
    asked = parser.parse_args()
    runs = runs_of(parser, asked.runs)
    if len(runs) > len(COLOURS):
        parser.error(f"at most {len(COLOURS)} runs, or the colours run out")
    draw(runs, asked.output, title=asked.title)


def draw(runs: Sequence[Run], output: Path, *, title: str = "") -> None:
    """Loss and accuracy side by side."""
    figure = picture(9.2, 3.9, title)
    for place, name in enumerate(("loss", "accuracy"), start=1):
        axes = figure.add_subplot(1, 2, place)
        for colour, run in zip(COLOURS, runs, strict=False):
            curves(axes, run, name, colour)
        plain(axes, name)
        if name == "loss":
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 1.03)
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    marks = [Line2D([], [], color=colour, label=name_of(run)) for colour, run in zip(COLOURS, runs, strict=False)]
    marks += [Line2D([], [], color=INK, linewidth=width, label=name) for name, width in WIDTHS.items()]
    figure.legend(
        handles=marks, loc="upper left", bbox_to_anchor=(0, 0.935), ncols=len(marks), frameon=False, fontsize=8
    )
    figure.tight_layout(rect=(0, 0, 1, 0.88))
    write(figure, output)


def curves(axes: Axes, run: Run, name: str, colour: str) -> None:
    """One run's training and dev."""
    for partition, width in WIDTHS.items():
        across, values = epochs(run, partition, name)
        if name == "loss":
            values = [max(value, SMALLEST_LOSS) for value in values]
        axes.plot(across, values, color=colour, linewidth=width, alpha=0.9)


if __name__ == "__main__":
    main()
