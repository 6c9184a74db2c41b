"""The figure of a range test: the loss over the learning rate."""

from pathlib import Path

from nnlab.tracking.canvas import BLUE, FAINT, GREY, ORANGE, draw_title, figure_at
from nnlab.training.rate_range import RangeTest


def draw_rates(path: Path, found: RangeTest, *, title: str) -> None:
    """Every loss as a dot, the smoothed ones as a curve, the suggestion marked. Raises RunError: as `figure_at`."""
    note = f"{len(found.rates)} steps, the rate rising evenly on its logarithmic axis; curve: smoothed"
    with figure_at(path, 7.5, 4.2) as figure:
        axes = figure.add_axes((0.1, 0.13, 0.86, 0.7))
        axes.plot(found.rates, found.losses, ".", color=GREY, markersize=2.5)
        axes.plot(found.rates, found.smoothed, color=BLUE, linewidth=1.6)
        axes.set_xscale("log")
        low, high = float(found.smoothed.min()), float(found.smoothed.max())
        axes.set_ylim(low - 0.1 * (high - low or 1), high + 0.15 * (high - low or 1))
        if (rate := found.suggestion) is not None:
            axes.axvline(rate, color=ORANGE, linewidth=1.2)
            axes.annotate(
                f"{rate:.2g}", (rate, 1), xycoords=("data", "axes fraction"), xytext=(4, -10),
                textcoords="offset points", color=ORANGE, va="top",
            )  # fmt: skip
        axes.grid(color=FAINT, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlabel("learning rate")
        axes.set_ylabel("training loss")
        draw_title(figure, title, note)
