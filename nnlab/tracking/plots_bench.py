"""The chart of a benchmark."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.tracking.canvas import BLUE, FAINT, GREY, INK, ORANGE, draw_title, figure_at, letter_width
from nnlab.tracking.sheet import short

BAR, PANEL, GAP, HEAD, FOOT = 0.3, 2.3, 0.4, 1.05, 0.3  # inches
PANELS = 4
LONGEST_NAME = 34
ROOM = 1.3  # of the longest bar, so that its figure finds a place


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One cell.

    Options:  name: backend and image library.  peer: whether it is another library's loop.
              epoch_ms, quartiles: the median, the first and the third quartile of an epoch's time.
              load_s, train_s: until the images are prepared, and all epochs together.
    """

    name: str
    peer: bool
    epoch_ms: float | None
    quartiles: tuple[float | None, float | None]
    load_s: float | None
    train_s: float | None
    memory_mb: float | None

    @property
    def whole_s(self) -> float | None:
        """Loading and training together."""
        return None if self.load_s is None or self.train_s is None else self.load_s + self.train_s


@dataclass(frozen=True)
class Reference:
    """What another system reported of a whole run, on its own machine."""

    name: str
    seconds: float
    memory_mb: float


def draw_bench(path: Path, bars: Sequence[Bar], *, title: str, note: str, reference: Sequence[Reference] = ()) -> None:
    """Epoch time with its quartiles, load time and memory, a bar for each cell; what was reported elsewhere below.

    Raises:  RunError: when the file cannot be written.
    """
    names = [short(bar.name, LONGEST_NAME) for bar in bars] + [short(each.name, LONGEST_NAME) for each in reference]
    left = 0.25 + max(map(len, names)) * letter_width(9.0)
    width = left + PANELS * (PANEL + GAP)
    ours, theirs = len(bars) * BAR, (len(reference) * BAR + HEAD) if reference else 0.0
    height = HEAD + ours + theirs + FOOT
    with figure_at(path, width, height) as figure:
        draw_title(figure, title, note)
        places = [(left + i * (PANEL + GAP)) / width for i in range(PANELS)]
        panels = [figure.add_axes((x, (FOOT + theirs) / height, PANEL / width, ours / height)) for x in places]
        _bars(panels[0], "Epoch, ms (line: quartiles)", [bar.epoch_ms for bar in bars], _three_digits)
        _whiskers(panels[0], bars)
        _bars(panels[1], "Loading the images, s", [bar.load_s for bar in bars], _three_digits)
        _bars(panels[2], "Loading and all epochs, s", [bar.whole_s for bar in bars], _three_digits)
        _bars(panels[3], "Peak memory, MiB", [bar.memory_mb for bar in bars], _whole)
        _named(panels[0], names[: len(bars)])
        for panel in panels:
            for patch, bar in zip(panel.patches, bars, strict=True):
                patch.set_facecolor(ORANGE if bar.peer else BLUE)
        if reference:
            _draw_reference(figure, reference, names[len(bars) :], places)


def _draw_reference(figure: Any, reference: Sequence[Reference], names: Sequence[str], places: Sequence[float]) -> None:
    width, height = figure.get_size_inches()
    tall = len(reference) * BAR
    figure.text(0.15 / width, (FOOT + tall + 0.62) / height, "The reference system, as it reported it",
                fontweight="bold", va="top")  # fmt: skip
    figure.text(0.15 / width, (FOOT + tall + 0.42) / height, "Another machine, other images: not to be divided by ours",
                color=GREY, va="top")  # fmt: skip
    panels = [figure.add_axes((x, FOOT / height, PANEL / width, tall / height)) for x in places[2:]]
    _bars(panels[0], "Elapsed, s", [each.seconds for each in reference], _whole)
    _bars(panels[1], "Memory, MB", [each.memory_mb for each in reference], _whole)
    _named(panels[0], names)
    for panel in panels:
        for patch in panel.patches:
            patch.set_facecolor(GREY)


def _bars(axes: Any, heading: str, values: Sequence[float | None], said: Callable[[float], str]) -> None:
    """Lying bars from the top down, each with its figure; a value that is missing has none."""
    lengths = [value or 0.0 for value in values]
    axes.barh(range(len(values)), lengths, height=0.62)
    axes.set_ylim(len(values) - 0.5, -0.5)
    longest = max(lengths) or 1.0
    axes.set_xlim(0, longest * ROOM)
    for place, value in enumerate(values):
        text = "-" if value is None else said(value)
        axes.text((value or 0.0) + longest * 0.02, place, text, va="center", color=INK)
    axes.text(0, 1.0 + 0.06 / (len(values) * BAR), heading, transform=axes.transAxes, va="bottom")
    axes.set_yticks([])
    axes.set_xticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines["left"].set_color(FAINT)


def _whiskers(axes: Any, bars: Sequence[Bar]) -> None:
    """A line from the first to the third quartile; the axis and the figures give way to it."""
    known = [
        (place, low, high)
        for place, (low, high) in enumerate(bar.quartiles for bar in bars)
        if low is not None and high is not None
    ]
    far = max([axes.get_xlim()[1] / ROOM, *(high for _, _, high in known)])
    axes.set_xlim(0, far * ROOM)
    for place, low, high in known:
        axes.plot([low, high], [place, place], color=INK, linewidth=1.4, solid_capstyle="butt")
        axes.texts[place].set_x(max(axes.texts[place].get_position()[0], high + far * 0.02))


def _named(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names, parse_math=False)
    axes.tick_params(axis="y", length=0)


def _three_digits(value: float) -> str:
    return f"{value:#.3g}" if value < 100 else f"{value:.0f}"


def _whole(value: float) -> str:
    return f"{value:.0f}"
