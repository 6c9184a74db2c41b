"""How much sooner photos of 12 megapixels are there at 64 x 64 when their decoder shrinks them: ratios of CPU time.

python tests/benchmarks/bench_reduction.py
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load

ROUNDS = 3


def write_photos(folder: Path) -> float:
    """Eight photos of 4000 x 3000: a smooth scene, an edge, a sensor's noise. Their mean size in bytes."""
    sizes = []
    y, x = np.mgrid[0:3000, 0:4000].astype(np.float32)
    for index in range(8):
        rng = np.random.default_rng(index)
        waves = [127 + 90 * np.sin(x * rng.uniform(0.001, 0.02) + y * rng.uniform(0.001, 0.02)) for _ in range(3)]
        scene = np.stack(waves, axis=2) + 40 * ((x // 250 + y // 250) % 2)[:, :, None]
        scene += rng.normal(0, 2.5, (3000, 4000, 1)).astype(np.float32)
        path = folder / "photos" / str(index % 2) / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.clip(scene, 0, 255).astype(np.uint8)).save(path, quality=90)
        sizes.append(path.stat().st_size)
    return float(np.mean(sizes))


def main() -> None:
    """Prints a line for each image library."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"8 photos of 4000 x 3000, {write_photos(Path(folder)) / 1e6:.1f} MB each, at 64 x 64")
        for name in DATA_LOADERS.names():
            took = {True: 0.0, False: 0.0}
            for _ in range(ROUNDS):
                for full in took:
                    began = time.process_time()
                    load(
                        DataOptions(
                            dataset="photos",
                            datasets_path=folder,
                            data_loader=name,
                            resize=(64, 64),
                            full_decode=full,
                            disk_cache=False,
                        )
                    )
                    took[full] += time.process_time() - began
            each = {full: seconds / ROUNDS / 8 * 1e3 for full, seconds in took.items()}
            print(f"{name:12} {each[True]:6.0f} ms in full, {each[False]:4.0f} reduced: {each[True] / each[False]:.1f}")


if __name__ == "__main__":
    main()
