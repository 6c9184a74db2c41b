"""The contact sheet of an inference: every picture with what was made of it, and what was said of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.types import Array, Pixels
from nnlab.tracking.canvas import DPI, GREY, INK, MARGIN, draw_title, figure_at, letter_width
from nnlab.tracking.sheet import short

SIDE = 168
"""The box that each picture is fitted into, in pixels."""

LEAST = 90
"""How wide a box is at least: room for a caption."""

GAP, CAPTION, HEAD = 8, 46, 62
WIDEST = 6
"""How many boxes lie side by side."""


@dataclass(frozen=True, eq=False)
class Tile:
    """One picture's place on the sheet.

    Options:  pictures: side by side, each (height, width, 3) uint8 and no larger than SIDE.  lines: what stands below,
              the first in black.
    """

    pictures: tuple[Pixels, ...]
    lines: tuple[str, ...]


def fitting(width: int, height: int) -> tuple[int, int]:
    """Width and height within the box, in the same proportion; what is smaller stays so."""
    factor = min(1.0, SIDE / width, SIDE / height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def draw_contact_sheet(
    path: Path, tiles: Sequence[Tile], *, title: str, note: str = "", breaks: Collection[int] = ()
) -> None:
    """Writes the sheet.

    Options:  breaks: the places of tiles that begin a row.
    Raises:   RunError: when it cannot be written.
    """
    boxes = max(len(tile.pictures) for tile in tiles)
    box = max(picture.shape[1] for tile in tiles for picture in tile.pictures)
    columns, step_x = max(1, min(len(tiles), WIDEST // boxes)), boxes * (max(box, LEAST) + GAP) + 2 * GAP
    rows = list(_rows(tiles, columns, breaks))
    heights = [max(picture.shape[0] for tile in row for picture in tile.pictures) for row in rows]
    wide, tall = max(columns * step_x, 3 * SIDE), sum(heights) + len(rows) * CAPTION
    under = np.full((tall, wide, 3), 255, np.uint8)
    with figure_at(path, (wide + 2 * MARGIN) / DPI, (tall + HEAD) / DPI, under) as figure:
        draw_title(figure, title, note)
        letters, bottom = int((step_x - 2 * GAP) / DPI / letter_width(7.8)), 0
        for row, height in zip(rows, heights, strict=True):
            bottom += height
            for column, tile in enumerate(row):
                for place, picture in enumerate(tile.pictures):
                    _put(under, picture, column * step_x + place * (max(box, LEAST) + GAP), bottom)
                for number, line in enumerate(tile.lines):
                    figure.text(
                        MARGIN + column * step_x, tall - bottom - 3 - 14 * number, short(line, letters),
                        color=GREY if number else INK, va="top", fontsize=7.5, parse_math=False, transform=None,
                    )  # fmt: skip
            bottom += CAPTION


def _rows(tiles: Sequence[Tile], columns: int, breaks: Collection[int]) -> Iterator[Sequence[Tile]]:
    """The tiles by row: as many as there are columns, fewer before a break."""
    begins = sorted({0, *breaks})
    for begin, end in zip(begins, [*begins[1:], len(tiles)], strict=True):
        for first in range(begin, end, columns):
            yield tiles[first : min(first + columns, end)]


def _put(sheet: Array, picture: Pixels, x: int, bottom: int) -> None:
    """A picture at the bottom of its row, so that captions stand close to it."""
    height, width = picture.shape[:2]
    sheet[bottom - height : bottom, x : x + width] = picture
