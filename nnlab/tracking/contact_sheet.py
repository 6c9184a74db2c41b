"""The contact sheet of an inference: every picture with what was made of it, and what was said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.types import Array, Pixels
from nnlab.tracking.canvas import DPI, GREY, INK, MARGIN, draw_title, figure_at, letter_width
from nnlab.tracking.sheet import short

SIDE = 168
"""The box that each picture is fitted into, in pixels."""

GAP, CAPTION, HEAD = 8, 40, 76
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


def draw_contact_sheet(path: Path, tiles: Sequence[Tile], *, title: str, note: str = "") -> None:
    """Writes the sheet. Raises RunError: when it cannot be written."""
    boxes = max(len(tile.pictures) for tile in tiles)
    columns = max(1, min(len(tiles), WIDEST // boxes))
    step_x, step_y = boxes * (SIDE + GAP) + 2 * GAP, SIDE + CAPTION + GAP
    wide, tall = max(columns * step_x, 3 * SIDE), -(-len(tiles) // columns) * step_y
    under = np.full((tall, wide, 3), 255, np.uint8)
    with figure_at(path, (wide + 2 * MARGIN) / DPI, (tall + HEAD) / DPI, under) as figure:
        draw_title(figure, title, note)
        letters = int(boxes * (SIDE + GAP) / DPI / letter_width(7.8))
        for index, tile in enumerate(tiles):
            x, y = index % columns * step_x, index // columns * step_y
            for place, picture in enumerate(tile.pictures):
                _put(under, picture, x + place * (SIDE + GAP), y)
            for row, line in enumerate(tile.lines):
                figure.text(
                    MARGIN + x, tall - y - SIDE - 3 - 14 * row, short(line, letters), color=GREY if row else INK,
                    va="top", fontsize=7.5, parse_math=False, transform=None,
                )  # fmt: skip


def _put(sheet: Array, picture: Pixels, x: int, y: int) -> None:
    """A picture at the bottom of its box, so that captions stand close to it."""
    height, width = picture.shape[:2]
    top = y + SIDE - height
    sheet[top : top + height, x : x + width] = picture
