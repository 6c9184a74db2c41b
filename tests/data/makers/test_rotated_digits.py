"""Rotated digits: turned by what their table says."""

import hashlib
from pathlib import Path

import numpy as np

from nnlab.core.placements import rotated
from nnlab.core.truths import rows_of
from nnlab.data.find import find
from nnlab.data.images.pillow import Pillow
from nnlab.data.makers.rotated_digits import LARGEST, RotatedDigits
from nnlab.data.makers.write import Written, write_dataset

MAKER = RotatedDigits(images=200)


def angles(maker: RotatedDigits) -> dict[str, float]:
    first, *lines = maker.tables()["targets.csv"].splitlines()
    assert first == "file,angle"
    return {name: float(angle) for name, angle in (line.split(",") for line in lines)}


def test_angles_are_even_over_their_span() -> None:
    said = np.array(list(angles(MAKER).values()))
    assert abs(said).max() <= LARGEST
    assert abs(np.abs(said).mean() - 22.5) < 3  # 200 draws of a deviation of 13: three errors
    assert abs(said.mean()) < 6  # of a deviation of 26
    assert len(angles(MAKER)) == 200


def test_a_picture_is_its_upright_self_turned_by_its_angle() -> None:
    """The second moments of the ink turn by the angle: those of a picture, and of it turned back."""
    upright, off, library = [], [], Pillow()
    for drawing, angle in list(zip(MAKER.drawings(), angles(MAKER).values(), strict=True)):
        if drawing.label != "1":
            continue
        pixels = MAKER.draw(drawing)
        assert pixels.shape == (16, 16, 3)
        back = library.pixels(rotated((16, 16), -angle, pixels[0, 0].tolist()).image(library.image(pixels), library))
        off.append(abs(axis(pixels) - angle))
        upright.append(abs(axis(back)))
    # a printed 1 leans by its flag and serifs; the bilinear way back blurs it
    assert np.median(off) < 12
    assert np.median(upright) < 12


def axis(pixels: np.ndarray) -> float:
    """By how many degrees the ink's long axis is turned clockwise from upright."""
    ink = pixels.max() - pixels[:, :, 0].astype(float)
    y, x = np.mgrid[:16, :16] + 0.5
    x, y = x - (ink * x).sum() / ink.sum(), y - (ink * y).sum() / ink.sum()
    xx, yy, xy = ((ink * product).sum() for product in (x * x, y * y, x * y))
    return float(np.degrees(0.5 * np.arctan2(-2 * xy, yy - xx)))


def test_on_disk_it_is_read_with_its_numbers_and_drawn_again_it_is_the_same(tmp_path: Path) -> None:
    maker = RotatedDigits(images=12)
    folder = tmp_path / "rotated_digits"
    assert write_dataset(maker, folder) == Written(folder, new=14, replaced=0, same=0)
    assert write_dataset(maker, folder) == Written(folder, new=0, replaced=0, same=14)
    found = find("rotated_digits", str(tmp_path))
    assert found.names == ("angle",)
    assert {s.source: s.truth.numbers[0] for s in found.samples} == angles(maker)
    assert rows_of([s.truth for s in found.samples]).shape == (12, 1)
    (folder / "targets.csv").unlink()
    assert write_dataset(maker, folder) == Written(folder, new=1, replaced=0, same=13)


def test_what_it_draws_is_what_it_drew() -> None:
    """If this fails because the drawing was changed on purpose: raise `version`."""
    drawn = b"".join(MAKER.draw(drawing).tobytes() for drawing in MAKER.drawings()[::10])
    said = MAKER.tables()["targets.csv"].encode()
    assert [hashlib.sha256(content).hexdigest()[:16] for content in (drawn, said)] == [
        "3c480d68698c6370",
        "ebdcb582901ac10e",
    ]
