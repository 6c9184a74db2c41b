"""A figure over the size of the pictures: a line for each way, marks where sizes mean something."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.tracking.canvas import BLUE, FAINT, GREY, INK, ORANGE, draw_title, figure_at

COLOURS = (BLUE, ORANGE, "#009E73", "#CC79A7", "#56B4E9", "#E69F00", INK)
STYLES = ("-", "--", "-.", ":")


@dataclass(frozen=True)
class Curve:
    """A line.  Options:  points: size and figure."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Upright:
    """A size that means something."""

    size: int
    name: str


@dataclass(frozen=True)
class Shown:
    """What is shown over what, in words.  Options:  chance: what guessing comes to, a grey line."""

    figure: str
    across: str = "pixels a side"
    chance: float | None = None
    is_share: bool = True


def draw(path: Path, curves: Sequence[Curve], uprights: Sequence[Upright], shown: Shown) -> None:
    """Writes the figure."""
    with figure_at(path, 7.0, 4.2) as canvas:
        draw_title(canvas, f"{shown.figure} over {shown.across}", "grey: chance" if shown.chance is not None else "")
        axes = canvas.add_axes((0.1, 0.13, 0.62, 0.66))
        for place, curve in enumerate(curves):
            xs, ys = zip(*sorted(curve.points), strict=True) if curve.points else ((), ())
            style = {"color": COLOURS[place % len(COLOURS)], "linestyle": STYLES[place // len(COLOURS) % len(STYLES)]}
            axes.plot(xs, ys, marker="o", markersize=4, label=curve.name, zorder=3, **style)
        if shown.chance is not None:
            axes.axhline(shown.chance, color=GREY, linewidth=0.9, zorder=1)
        if shown.is_share:
            low, high = axes.get_ylim()
            axes.set_ylim(max(0.0, low), min(1.0, high))
        _stand(axes, uprights)
        axes.set_xlabel(shown.across)
        axes.grid(color=FAINT, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.02, 1.0))


def _stand(axes: object, uprights: Sequence[Upright]) -> None:
    """The marks, and what they are: those of one size have one line."""
    names: dict[int, list[str]] = {}
    for mark in uprights:
        names.setdefault(mark.size, []).append(mark.name)
    for size, words in names.items():
        axes.axvline(size, color=GREY, linewidth=0.9, linestyle=":", zorder=2)  # type: ignore[attr-defined]
        axes.annotate(  # type: ignore[attr-defined]
            ", ".join(words), (size, 1.0), xycoords=("data", "axes fraction"), xytext=(3, 4), fontsize=7, color=INK,
            textcoords="offset points", rotation=20,
        )  # fmt: skip
