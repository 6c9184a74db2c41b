"""Whether weights between things that nearly touch keep them apart: pairs of circles a pixel or two from each other.

    .venv/bin/python -P tests/campaigns/touching_circles.py [SEEDS [EPOCHS [PICTURES]]]

Draws blurred, noisy pictures of pairs of circles, and trains the same UNet on them with --border-weight=0 and 10. A
pair counts as separated where the middles of its circles lie in two patches of what the network says. Exits with 1
unless the weights raise the share of separated pairs, in the mean over seeds.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

import numpy as np
from scipy.ndimage import gaussian_filter

import nnlab
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Pixels
from nnlab.data.images.vips import Vips
from nnlab.kernels.patches import patches

SIDE, PAIRS = 64, 2
RADIUS, GAP = (6.0, 10.0), (1.1, 2.0)
"""In pixels. A gap of more than 1 leaves a pixel of the ground between the two masks wherever pixels touch at sides."""

GROUND, LIGHT, BLUR, NOISE = 90.0, 160.0, 1.2, 14.0

Pair = tuple[Array, Array]
"""The middles of its circles, x and y each."""

TRAINING: Mapping[str, object] = {
    "task": "Segmentation", "model": "UNet", "base": 8, "depth": 3, "max_minibatch_size": 8, "learning_rate": 0.005,
    "schedule": "OneCycle", "partitions": {"training": 0.5, "dev": 0.0, "test": 0.5}, "grayscale": True,
    "resize": [SIDE, SIDE], "input_scaling": "mean-std", "gradient_checks": "off",
}  # fmt: skip


def drawn(chance: np.random.Generator) -> tuple[Pixels, Pixels, list[Pair]]:
    """A picture, its mask (0 and 255) and its pairs, a pair in each half."""
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    mask, pairs = np.zeros((SIDE, SIDE), bool), []
    for place in range(PAIRS):
        one, other = chance.uniform(*RADIUS, 2)
        apart, angle = one + other + chance.uniform(*GAP), chance.uniform(-0.5, 0.5)
        middle = np.array([SIDE / 2, SIDE * (place + 0.5) / PAIRS]) + chance.uniform(-3, 3, 2)
        along = np.array([np.cos(angle), np.sin(angle)]) * apart / 2
        pair = (middle - along, middle + along)
        for (x, y), radius in zip(pair, (one, other), strict=True):
            mask |= np.hypot(columns - x, rows - y) <= radius
        pairs.append(pair)
    picture = gaussian_filter(np.where(mask, LIGHT, GROUND), BLUR) + chance.normal(0, NOISE, mask.shape)
    pixels: Pixels = np.rint(np.clip(picture, 0, 255)).astype(np.uint8)[..., None]
    return pixels, np.where(mask, 255, 0).astype(np.uint8)[..., None], pairs


def dataset(folder: Path, count: int, seed: int = 0) -> dict[str, list[Pair]]:
    """Writes images/ and masks/, and gives the pairs of each picture by its name."""
    lib, chance, found = Vips(), Rng(seed).at("touching circles").generator(), {}
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True)
    for number in range(count):
        pixels, mask, found[f"{number:03d}.png"] = drawn(chance)
        for part, what in (("images", pixels), ("masks", mask)):
            lib.write_png(lib.image(what), folder / part / f"{number:03d}.png")
    return found


def separated(classes: Array, pairs: Sequence[Pair]) -> list[bool]:
    """Of each pair, whether its middles are in two patches.  Shapes:  classes: (height, width), 0 for the ground"""
    numbers = patches(classes[np.newaxis])[0]
    said = [[int(numbers[int(y), int(x)]) for x, y in pair] for pair in pairs]
    return [one != other and one > 0 and other > 0 for one, other in said]


def main(seeds: int = 3, epochs: int = 20, count: int = 240) -> int:
    """Prints a line for each weight and seed."""
    shares: dict[int, list[float]] = {0: [], 10: []}
    with tempfile.TemporaryDirectory() as place:
        pairs = dataset(Path(place) / "circles", count)
        print("border weight  seed  separated  mean IoU")
        for seed in range(seeds):
            for weight, found in shares.items():
                settings = {**TRAINING, "border_weight": weight, "model_seed": seed, "epochs": epochs}
                run = nnlab.train(str(Path(place) / "circles"), runs_dir=str(Path(place) / "runs"), **settings)
                names = [Path(row["source"]).name for row in run.predictions if row["partition"] == "test"]
                answers = run.predict([str(Path(place) / "circles" / "images" / name) for name in names])
                told = zip(answers, names, strict=True)
                found.append(mean(apart for answer, name in told for apart in separated(answer.class_map, pairs[name])))
                print(f"{weight:>13}  {seed:>4}  {found[-1]:9.1%}  {run.summary['test']['mean_iou']:8.3f}", flush=True)
    print("means: " + ", ".join(f"{mean(found):.1%} with {weight}" for weight, found in shares.items()))
    return int(mean(shares[10]) <= mean(shares[0]))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
