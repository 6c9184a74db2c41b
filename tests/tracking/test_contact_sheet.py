"""The contact sheet of an inference."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.data.images.vips import Vips
from nnlab.tracking.contact_sheet import SIDE, Tile, draw_contact_sheet, fitting


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((2 * SIDE, SIDE), (SIDE, SIDE // 2)), ((10, 20), (10, 20)), ((1, 10 * SIDE), (1, SIDE))],
)
def test_pictures_are_fitted_into_their_box(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert fitting(*size) == wanted


def test_every_picture_is_on_the_sheet_as_it_is(tmp_path: Path) -> None:
    tiles = []
    for number in range(9):
        pixels = np.full((20 + 10 * number, SIDE - number, 3), (200, 20 * number, 7), np.uint8)
        tiles.append(Tile((pixels,), (f"label {number}", "$file_{name}.png")))  # no mathematics in names
    draw_contact_sheet(tmp_path / "sheet.png", tiles, title="nine", note="of nine")
    sheet = Vips().pixels(Vips().read(tmp_path / "sheet.png"))
    for number, tile in enumerate(tiles):
        shown = (sheet[..., :3] == (200, 20 * number, 7)).all(axis=2).sum()
        assert shown == tile.pictures[0].shape[0] * tile.pictures[0].shape[1]
