"""Draws docs/images/explained.png: scenes with a coloured patch, and the maps that `nnlab explain` draws over them.

python -P docs/images/explained.py
"""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from nnlab.cli.main import main
from nnlab.core.rng import Rng
from nnlab.core.types import Pixels
from nnlab.data.images.vips import Vips

WIDE, TALL, PATCH, COUNT = 120, 90, 16, 480
COLOURS = {"blue": (30, 60, 230), "red": (230, 40, 40), "yellow": (240, 220, 40)}
TRAINING = ("--model=SmallCnn", "--widths=16,24,32", "--global-pooling", "--resize=64,48", "--epochs=12",
            "--max-minibatch-size=32", "--learning-rate=0.003", "--gradient-checks=off", "--quiet")  # fmt: skip


def scene(chance: np.random.Generator) -> Pixels:
    """Ellipses in muted colours on a ground that grows lighter, with a little noise."""
    y, x = np.mgrid[0:TALL, 0:WIDE]
    pixels = chance.integers(60, 130, 3) + 0.7 * y[..., None] + chance.normal(0, 6, (TALL, WIDE, 3))
    for _ in range(7):
        middle, radius = chance.uniform(0, 1, 2) * (TALL, WIDE), chance.uniform(6, 24, 2)
        inside = ((y - middle[0]) / radius[0]) ** 2 + ((x - middle[1]) / radius[1]) ** 2 < 1
        pixels[inside] = chance.integers(50, 200) + chance.integers(-40, 40, 3) + chance.normal(0, 6, (inside.sum(), 3))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def draw(folder: Path) -> None:
    """The set: a folder for each colour."""
    library = Vips()
    for number in range(COUNT):
        chance, name = Rng(0).at("explained", number).generator(), list(COLOURS)[number % len(COLOURS)]
        pixels = scene(chance)
        top, left = chance.integers(0, TALL - PATCH), chance.integers(0, WIDE - PATCH)
        pixels[top : top + PATCH, left : left + PATCH] = COLOURS[name]
        (folder / name).mkdir(parents=True, exist_ok=True)
        library.write_png(library.image(pixels), folder / name / f"{number:03}.png")


if __name__ == "__main__":
    target = Path(__file__).with_suffix(".png").resolve()
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        draw(Path("scenes"))
        assert main(["train", "scenes", *TRAINING]) == 0
        some = [sorted(Path("scenes", name).glob("*.png"))[at] for name, at in zip(COLOURS, (3, 8, 5), strict=True)]
        assert main(["explain", "--run=runs/latest", "--method=all", *map(str, some)]) == 0
        shutil.copy("explained/contact-sheet.png", target)
        os.chdir(target.parent)
