"""What `nnlab data robustness --output` leaves: a figure, and a page with the table and the pictures."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.types import Pixels
from nnlab.tracking.canvas import BLUE, FAINT, GREY, INK, ORANGE, draw_title, figure_at
from nnlab.tracking.files import write_whole
from nnlab.tracking.pages.page import page, section, table
from nnlab.tracking.pages.pictures import Captioned, Picture, Room, gallery
from nnlab.tracking.pictures.thumbnail import png

COLOURS = (BLUE, ORANGE, "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
LEAST_SIDE = 96
"""Pixels that the side of a shown picture has at least, by whole factors."""

Figures = Sequence[float | None]
"""Of each run; None where there is none."""


@dataclass(frozen=True, eq=False)
class Kind:
    """What is done to pictures, by how much.  Options:  shown: figures as they are written."""

    name: str
    levels: Sequence[str]
    figures: Sequence[Figures]
    shown: Sequence[Sequence[str]]
    pictures: Sequence[Sequence[Pixels]] = ()


def draw(path: Path, kinds: Sequence[Kind], clean: Figures, runs: Sequence[str], *, title: str, figure: str) -> None:
    """A panel for each kind, a line for each run, all on one scale; what the figure is without any of it is a grey
    line.
    """
    low, high = _ends([clean, *(row for kind in kinds for row in kind.figures)])
    columns = min(2, len(kinds))
    rows = math.ceil(len(kinds) / columns)
    width, height = 4.0 * columns + 0.1, 2.9 * rows + 1.0
    with figure_at(path, width, height) as canvas:
        draw_title(canvas, title, f"{figure}; grey: without any of it")
        for place, kind in enumerate(kinds):
            row, column = divmod(place, columns)
            left, bottom = (4.0 * column + 0.7) / width, 1 - (1.1 + 2.9 * row + 2.0) / height
            axes = canvas.add_axes((left, bottom, 3.3 / width, 1.9 / height))
            for number, name in enumerate(runs):
                colour = COLOURS[number % len(COLOURS)]
                values = [np.nan if row[number] is None else row[number] for row in kind.figures]
                if clean[number] is not None:
                    axes.axhline(clean[number], color=GREY, linewidth=0.9, zorder=1)
                axes.plot(range(len(values)), values, color=colour, marker="o", markersize=4, label=name, zorder=2)
            axes.set_ylim(low, high)
            axes.set_xticks(range(len(kind.levels)), kind.levels)
            axes.grid(color=FAINT, linewidth=0.8)
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
            axes.text(0, 1.05, kind.name, transform=axes.transAxes, color=INK, parse_math=False)
            if len(runs) > 1 and not place:
                axes.legend(frameon=False, fontsize=8)


def _ends(rows: Sequence[Figures]) -> tuple[float, float]:
    """Of a scale on which every figure has room."""
    values = [value for row in rows for value in row if value is not None] or [0.0, 1.0]
    margin = 0.05 * (max(values) - min(values)) or 0.05
    return min(values) - margin, max(values) + margin


def write_page(path: Path, kinds: Sequence[Kind], facts: Mapping[str, str], figure: Path, runs: Sequence[str]) -> None:
    """Writes the page, whole or not at all. Raises RunError: when it cannot be written."""
    body = _body(kinds, figure, runs)
    subtitle = "; ".join(f"{name}: {words}" for name, words in facts.items())
    write_whole(path, page("Robustness", body, subtitle=subtitle, foot="nnlab data robustness"))


def _body(kinds: Sequence[Kind], figure: Path, runs: Sequence[str]) -> Iterator[str]:
    room = Room()
    drawn = Picture.of(figure.read_bytes()) if figure.exists() else None
    if drawn is not None and room.takes(drawn):
        words = "how the figure falls as pictures become worse, a panel for each kind"
        yield section("At a glance", drawn.as_sheet(words))
    for kind in kinds:
        head = {kind.name: False, **dict.fromkeys(runs, True)}
        rows = [(level, *shown) for level, shown in zip(kind.levels, kind.shown, strict=True)]
        some = zip(kind.levels, kind.pictures, strict=True) if kind.pictures else ()
        shown = [_captioned(level, pixels) for level, all_ in some for pixels in all_]
        fitting = [one for one in shown if one.picture is not None and room.takes(one.picture)]
        yield section(kind.name[:1].upper() + kind.name[1:], table(head, rows), gallery(fitting) if fitting else "")


def _captioned(level: str, pixels: Pixels) -> Captioned:
    factor = max(1, LEAST_SIDE // max(pixels.shape[:2]))
    large = pixels.repeat(factor, axis=0).repeat(factor, axis=1)
    return Captioned(Picture.of(png(large[:, :, : 1 if large.shape[2] < 3 else 3])), level)
