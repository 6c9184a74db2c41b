"""Whether Grad-CAM finds what a class is recognised by, where that is known: a patch whose colour is the class.

    .venv/bin/python -P tests/campaigns/planted_patch.py FOLDER [COUNT [EPOCHS]]

Doubles photos of a folder (such as CIFAR-10's) to 64 pixels, puts a patch of 10 x 10 at a random place of each, trains
SmallCnn with global pooling on the patch's colour, and says which share of the maps of the test pictures lies within
the patch widened by 4 pixels: of the trained network, and of the same with random weights. Exits with 1 unless test
accuracy is at least 0.97, and the share at the layer that is looked at by default at least 0.6, with random weights at
most 0.3. Convolutions, and what follows the last of them, are told too.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np

from nnlab.cli.main import main as nnlab
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.vips import Vips
from nnlab.data.pictures import Picture
from nnlab.data.walk import files_within
from nnlab.experiment.explaining.subject import Seen, Subject, run_subject
from nnlab.explainers.base import Question
from nnlab.explainers.grad_cam import GradCam
from nnlab.models.slopes import Slopes
from nnlab.tracking.run import read_run

COLOURS = {"blue": (30, 60, 230), "green": (40, 200, 60), "red": (230, 40, 40), "yellow": (240, 220, 40)}
PATCH, WIDENED = 10, 4

TRAINING = ("--model=SmallCnn", "--global-pooling", "--resize=64", "--max-minibatch-size=32", "--learning-rate=0.003",
            "--gradient-checks=off", "--no-disk-cache", "-q")  # fmt: skip
MOST_FILES = 100
"""Of the test pictures, the first, that maps are drawn for."""

LEAST_ACCURACY, LEAST_SHARE, MOST_RANDOM = 0.97, 0.6, 0.3


def planted(photos: Iterator[Pixels], folder: Path, lib: ImageLibrary, *, patch: int = PATCH, seed: int = 0) -> None:
    """Writes each photo into the folder of a class, with a patch of its colour; its name says where: 7_y12_x3.png."""
    chance = Rng(seed).at("planted").generator()
    for number, pixels in enumerate(photos):
        name = list(COLOURS)[number % len(COLOURS)]
        height, width, _ = pixels.shape
        y, x = int(chance.integers(0, height - patch + 1)), int(chance.integers(0, width - patch + 1))
        pixels[y : y + patch, x : x + patch] = COLOURS[name]
        (folder / name).mkdir(parents=True, exist_ok=True)
        lib.write_png(lib.image(pixels), folder / name / f"{number}_y{y}_x{x}.png")


def doubled(files: Sequence[Path], lib: ImageLibrary) -> Iterator[Pixels]:
    """The photos, twice as large."""
    for file in files:
        image = lib.decode(file.read_bytes())
        spec = lib.spec(image)
        yield lib.pixels(lib.resize(image, 2 * spec.width, 2 * spec.height))[:, :, :3].copy()


def share_within(weights: Array, file: Path, patch: int = PATCH, widened: int = WIDENED) -> float:
    """Which share of a map lies within the widened patch that the file's name tells of."""
    _, y, x = file.stem.split("_")
    top, left = int(y[1:]), int(x[1:])
    rows, columns = (slice(max(at - widened, 0), at + patch + widened) for at in (top, left))
    return float(weights[rows, columns].sum() / weights.sum()) if weights.sum() else 0.0


@dataclass(frozen=True)
class Found:
    """Means over pictures.  Options:  share: of the maps; random: of those of random weights; area: of the picture."""

    share: float
    random: float
    area: float


def shares(subject: Subject, layer: str | None, files: Sequence[Path], patch: int = PATCH) -> Found:
    """What Grad-CAM at a layer shows of these files."""
    anew = [subject.network.redrawn(Rng(seed).at("planted patch")) for seed in range(3)]
    learnt, random, areas = list[float](), list[float](), list[float]()
    for file in files:
        seen = subject.seen(Picture(file, str(file), file.stem))

        def share(network: Slopes, file: Path = file, seen: Seen = seen) -> float:
            number = int(subject.network.scores(seen.x[None])[0].argmax())
            found = GradCam(layer=layer).explain(network, Question(seen.x, number, subject.black))
            return share_within(seen.placement.looked_up(found.weights), file, patch)

        learnt.append(share(subject.network))
        random += [share(network) for network in anew]
        areas.append(share_within(np.ones(seen.x.shape[:2]), file, patch))
    return Found(mean(learnt), mean(random), mean(areas))


def held_back(run: Path, folder: Path) -> list[Path]:
    """The pictures that the run was not trained on."""
    rows = [row for row in read_run(run).predictions if row["partition"] == "test"]
    return [folder / row["source"] for row in rows]


def main(photos: str, count: int = 1600, epochs: int = 6) -> int:
    """Prints a line for every layer."""
    lib = Vips()
    with tempfile.TemporaryDirectory() as place:
        folder, runs = Path(place) / "patches", Path(place) / "runs"
        every = files_within(Path(photos))
        planted(doubled(every[:: max(1, len(every) // count)][:count], lib), folder, lib)
        words = (*TRAINING, f"--epochs={epochs}", f"--runs-dir={runs}")
        if code := nnlab(["train", str(folder), *words]):
            return code
        accuracy = read_run(runs / "latest").summary["test"]["accuracy"]
        subject, files = run_subject(str(runs / "latest")), held_back(runs / "latest", folder)
        print(f"test accuracy {accuracy:.3f} on {len(files)} pictures\n\n{'layer':<14}  share  random   area")
        places, default = list(subject.network.places), GradCam().layer_of(subject.network)
        convolutions = [layer for layer in places if layer.startswith("conv_")]
        layers = (*convolutions, *places[places.index(convolutions[-1]) + 1 :])
        found = {layer: shares(subject, layer, files[:MOST_FILES]) for layer in layers}
        for layer, means in found.items():
            print(f"{layer:<14}  {means.share:5.2f}  {means.random:6.2f}  {means.area:5.2f}")
    asked = found[default]
    return int(accuracy < LEAST_ACCURACY or asked.share < LEAST_SHARE or asked.random > MOST_RANDOM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:4])))
