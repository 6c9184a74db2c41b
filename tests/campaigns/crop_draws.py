"""Random crops of `nnlab resolution sigma`, held against torchvision's RandomResizedCrop, which has to be installed.

.venv/bin/python tests/campaigns/crop_draws.py [FOLDER] [DRAWS]

For pictures of one shape, and for those of FOLDER, DRAWS crops of each by either: of the shown share of the area, its
root, and the side beside the shorter side, means may differ by three standard errors, and distributions by what a
two-sample Kolmogorov-Smirnov test calls 1 in 1,000.
"""

import math
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from scipy.stats import ks_2samp
from torchvision.transforms import RandomResizedCrop

from nnlab.core.types import Array
from nnlab.data.crops import Crops, Range, resized_crops

RATIO = (3 / 4, 4 / 3)
SCALES = ((0.08, 1.0), (0.2, 0.7))
SHAPES = {"square": (400, 400), "4:3": (400, 300), "3:2": (600, 400), "16:9": (640, 360), "1:3": (200, 600)}
MOST_ERRORS, LEAST_CHANCE = 3.0, 1e-3


def theirs(sizes: Array, scale: Range, draws: int) -> Crops:
    """As many by torchvision."""
    pictures = [torch.empty((1, int(height), int(width)), device="meta") for width, height in sizes]
    taken = [
        [RandomResizedCrop.get_params(one, list(scale), list(RATIO))[2:] for one in pictures] for _ in range(draws)
    ]
    heights, widths = np.moveaxis(np.array(taken, np.float64), 2, 0)
    return Crops(widths, widths, heights)  # torchvision does not say which share it asked for


def compared(name: str, sizes: Array, scale: Range, draws: int) -> int:
    """Prints a line for each kind of mean; how many are too far apart."""
    both = resized_crops(sizes, scale, RATIO, draws, np.random.default_rng(1)), theirs(sizes, scale, draws)
    kinds = {
        "area": [crops.areas(sizes) for crops in both],
        "linear": [np.sqrt(crops.areas(sizes)) for crops in both],
        "short": [crops.sides(sizes) for crops in both],
    }
    found = 0
    for kind, (a, b) in kinds.items():
        spread = math.sqrt(sum(one.mean(axis=1).var(ddof=1) for one in (a, b)) / draws)
        errors = (a.mean() - b.mean()) / spread
        chance = ks_2samp(a.ravel(), b.ravel()).pvalue
        apart = abs(errors) > MOST_ERRORS or chance < LEAST_CHANCE
        found += apart
        said = f"{a.mean():.4f} {b.mean():.4f}  {errors:+.2f} standard errors  p {chance:.3f}"
        print(f"{scale!s:12} {name:10} {kind:7} {said}{'  TOO FAR' if apart else ''}", flush=True)
    return found


def main() -> int:
    """1 if anything is too far apart."""
    folder, draws = sys.argv[1] if len(sys.argv) > 1 else "", int(sys.argv[2]) if len(sys.argv) > 2 else 60
    torch.manual_seed(0)
    sets = {name: np.array([shape] * 500) for name, shape in SHAPES.items()}
    if folder:
        files = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
        sizes = []
        for file in files:
            with Image.open(file) as image:
                sizes.append(image.size)
        sets[Path(folder).name] = np.array(sizes)
    return int(sum(compared(name, sizes, scale, draws) for scale in SCALES for name, sizes in sets.items()) > 0)


if __name__ == "__main__":
    sys.exit(main())
