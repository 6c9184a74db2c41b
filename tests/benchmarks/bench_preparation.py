"""How long preparing the 847 images of `numbers` takes, against the same steps written with Pillow on one core.

    python tests/benchmarks/bench_preparation.py [--rounds 3]

Prints, for the preparations of F10 and F14 and for each library: the first pass (every core busy, nothing cached), its
ratio to Pillow's time, and how many times faster the second run is (from the disk cache). Rounds alternate between
the candidates; each figure is the median of its rounds, in elapsed time.
"""

import argparse
import io
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops

from nnlab.core.machine import usable_cores
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
SIZES = {"F10": (16, 16), "F14": (110, 110)}
LIBRARIES = ("Vips", "ImageMagick")


def options(library: str, size: tuple[int, int]) -> DataOptions:
    """F10 and F14 differ in their size only."""
    return DataOptions(
        data_loader=library,
        datasets_path=str(DATASETS),
        dataset="numbers",
        resize=size,
        trim=True,
        grayscale=True,
        minmax_normalize=True,
        adaptive_invert=True,
    )


def with_pillow(encoded: bytes, size: tuple[int, int]) -> np.ndarray:
    """The same steps as a user of Pillow would write them."""
    image = Image.open(io.BytesIO(encoded)).convert("RGB")
    width, height = image.size
    corner = image.getpixel((0, 0))
    unlike = ImageChops.difference(image, Image.new("RGB", image.size, corner)).point(lambda value: 255 * (value > 10))
    box = unlike.getbbox()
    if box is not None:
        image = image.crop(box)
        scale = max(image.width / width, image.height / height)
        canvas = Image.new("RGB", (round(width * scale), round(height * scale)), corner)
        canvas.paste(image, ((canvas.width - image.width) // 2, (canvas.height - image.height) // 2))
        image = canvas
    image = image.resize(size, Image.Resampling.LANCZOS).convert("L")
    low, high = image.getextrema()
    if high > low:
        image = image.point([round(max(0, value - low) * 255 / (high - low)) for value in range(256)])
    if image.getpixel((0, 0)) < 128:
        image = image.point([255 - value for value in range(256)])
    return np.asarray(image)


def seconds(work: Callable[[], object]) -> float:
    """What a call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    files = sorted(DATASETS.glob("numbers/*/*.png"))
    print(f"{len(files)} images, {usable_cores()} cores, median of {rounds} rounds\n")
    for name, size in SIZES.items():
        taken: dict[str, list[float]] = {}
        for _ in range(rounds):
            pillow = seconds(lambda size=size: [with_pillow(file.read_bytes(), size) for file in files])
            taken.setdefault("Pillow", []).append(pillow)
            for library in LIBRARIES:
                with tempfile.TemporaryDirectory() as folder:
                    os.environ["NNLAB_CACHE_DIR"] = folder
                    for run in ("first", "second"):
                        once = seconds(lambda library=library, size=size: load(options(library, size)))
                        taken.setdefault(f"{library} {run}", []).append(once)
        median = {key: statistics.median(values) for key, values in taken.items()}
        print(f"{name} {size[0]}x{size[1]}: Pillow, one core: {median['Pillow'] / len(files) * 1e3:.2f} ms an image")
        for library in LIBRARIES:
            first, second = median[f"{library} first"], median[f"{library} second"]
            print(
                f"    {library:12} {first / len(files) * 1e3:.2f} ms an image, {len(files) / first:,.0f} a second:"
                f" {first / median['Pillow']:.1f} times Pillow; second run {first / second:.0f} times faster"
            )
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
