"""What each random step of the augmentation takes for one photo.

    python tests/benchmarks/bench_steps.py [FOLDER] [--size 64] [--rounds 15] [--data-loader Vips] [--steps Blur Hue]

The first 100 pictures of a dataset's training partition, prepared. In every round each step takes one turn, so a busy
machine slows all alike; the smallest of the rounds is printed, in microseconds of CPU time per picture: what the step
does to the array, and all of it (its stream of chance, the image in and out). Steps that move pixels have the second
alone. Options are those of the step's examples. Not a test: it sets no limit.
"""

import argparse
import os
import sys
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument(
    "folder", nargs="?", default="../shared/data/cats_dogs", help="a dataset [../shared/data/cats_dogs]"
)
parser.add_argument("--size", type=int, default=64, help="width and height [64]")
parser.add_argument("--rounds", type=int, default=15, help="turns each step takes [15]")
parser.add_argument("--data-loader", default="Vips", help="image library [Vips]")
parser.add_argument("--steps", nargs="*", help="these alone")
arguments = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when numpy is imported
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

import numpy as np  # noqa: E402

from nnlab.core.rng import Rng  # noqa: E402
from nnlab.core.truth import Label  # noqa: E402
from nnlab.core.types import Pixels  # noqa: E402
from nnlab.data.images.base import DATA_LOADERS, ImageLibrary  # noqa: E402
from nnlab.data.options import DataOptions  # noqa: E402
from nnlab.data.pipeline import load  # noqa: E402
from nnlab.data.steps.base import STEPS, RandomImageStep, RandomPixelStep, carried  # noqa: E402


def photos() -> list[Pixels]:
    """The pictures."""
    folder = Path(arguments.folder).resolve()
    size = (arguments.size, arguments.size)
    data = load(DataOptions(datasets_path=str(folder.parent), dataset=folder.name, resize=size))
    return [np.ascontiguousarray(data.training.pixels(place)) for place in range(min(100, len(data.training)))]


def array_time(step: RandomPixelStep, pictures: list[Pixels]) -> float:
    """CPU microseconds of what the step does to an array."""
    chances = [np.random.default_rng(place) for place in range(len(pictures))]
    began = time.process_time()
    for chance, pixels in zip(chances, pictures, strict=True):
        step.changed(pixels, chance)
    return (time.process_time() - began) / len(pictures) * 1e6


def whole_time(step: RandomImageStep, pictures: list[Pixels], library: ImageLibrary) -> float:
    """CPU microseconds of all of it."""
    began = time.process_time()
    for place, pixels in enumerate(pictures):
        image, _ = carried(step, library.image(pixels), Label(0), library, Rng(place).at(type(step).__name__, 1))
        library.pixels(image)
    return (time.process_time() - began) / len(pictures) * 1e6


def main() -> None:
    """A line for each step."""
    pictures, library = photos(), DATA_LOADERS.get(arguments.data_loader)()
    wanted = arguments.steps or [cls.__name__ for cls in STEPS if issubclass(cls, RandomImageStep)]
    steps = []
    for name in wanted:
        cls = STEPS.get(name)
        if issubclass(cls, RandomImageStep):
            steps.append(cls(**{**cls.examples()[0], "probability": 1.0}))
    arrays = [[array_time(step, pictures) if isinstance(step, RandomPixelStep) else np.nan for step in steps]
              for _ in range(arguments.rounds)]  # fmt: skip
    wholes = [[whole_time(step, pictures, library) for step in steps] for _ in range(arguments.rounds)]
    print(f"microseconds of one core per picture of {pictures[0].shape}: the array; all of it")
    for step, array, whole in zip(steps, np.min(arrays, axis=0), np.min(wholes, axis=0), strict=True):
        print(f"{type(step).__name__:<20} {array:7.0f} {whole:7.0f}")


if __name__ == "__main__":
    main()
