"""What augmentation adds to an epoch, with read-ahead and without.

    python tests/benchmarks/bench_feed.py [FOLDER] [--size 64] [--batch 64] [--rounds 7] [--workers 1 2] [--augment ...]

SmallCnn on a folder of photos, on as many threads as there are cores. In every round each kind of epoch takes one turn
after the other: without augmentation, with it but no read-ahead, with it and read-ahead. Ratios to the plain epoch of
the same round: medians over the rounds, of wall and of CPU time, and which share of the epoch waited for data. Where
other processes take the cores, CPU time says what is added, wall time what the machine had left. Not a test: it sets
no limit.
"""

import argparse
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

STEPS = ("HorizontalFlip", "RandomCrop", "Brightness", "Contrast")

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument(
    "folder", nargs="?", default="../shared/data/cats_dogs", help="a dataset [../shared/data/cats_dogs]"
)
parser.add_argument("--size", type=int, default=64, help="width and height [64]")
parser.add_argument("--batch", type=int, default=64, help="most samples in a minibatch [64]")
parser.add_argument("--rounds", type=int, default=7, help="turns each kind of epoch takes [7]")
parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="threads that augment [1 2]")
parser.add_argument("--augment", nargs="+", default=STEPS, help=f"steps [{' '.join(STEPS)}]")
parser.add_argument("--data-loader", default="Vips", help="image library [Vips]")
arguments = parser.parse_args()
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

from nnlab.core.rng import Rng  # noqa: E402
from nnlab.experiment.build import build  # noqa: E402
from nnlab.experiment.config import resolve  # noqa: E402
from nnlab.experiment.sources import from_flags  # noqa: E402
from nnlab.training.scoring import Judgement  # noqa: E402
from nnlab.training.trainer import Trainer  # noqa: E402


class Kind:
    """One kind of epoch: a trainer of its own that is asked for one epoch at a time."""

    def __init__(self, workers: int, steps: tuple[str, ...], *, read_ahead: bool):
        self.name = "plain" if not steps else f"{workers} {'read-ahead' if read_ahead else 'in turn'}"
        folder = Path(arguments.folder).resolve()
        said = {
            "datasets_path": str(folder.parent), "dataset": folder.name, "model": "SmallCnn", "resize": arguments.size,
            "max_minibatch_size": arguments.batch, "augment": steps, "workers": workers, "eval_dev": False,
            "data_loader": arguments.data_loader,
        }  # fmt: skip
        experiment = resolve(from_flags(said))
        self._parts, self._ahead = build(experiment), read_ahead
        self._judgement = Judgement.by(experiment.task, experiment.accuracy)

    def epochs(self, count: int) -> tuple[float, float, float]:
        """Wall and CPU seconds of so many epochs, and the share of the wall time that waited."""
        data = replace(self._parts.data, dev=self._parts.data.training)  # never scored
        trainer = Trainer(self._parts.learner, data, epochs=count, judgement=self._judgement, rng=Rng(0),
                          eval_dev=False, read_ahead=self._ahead)  # fmt: skip
        began, cpu = time.perf_counter(), time.process_time()
        trainer._train()
        wall = time.perf_counter() - began
        return wall, time.process_time() - cpu, trainer.phases.seconds["load"] / wall


def main() -> None:
    """A line for each kind."""
    steps = tuple(arguments.augment)
    kinds = [Kind(1, (), read_ahead=False)]
    kinds += [Kind(workers, steps, read_ahead=ahead) for workers in arguments.workers for ahead in (False, True)]
    for kind in kinds:
        kind.epochs(1)
    rounds = [[kind.epochs(2) for kind in kinds] for _ in range(arguments.rounds)]
    print(f"{'threads':<14} {'wall':>6} {'CPU':>6} {'waited':>7}")
    for place, kind in enumerate(kinds):
        wall, cpu = (statistics.median(turn[place][n] / turn[0][n] for turn in rounds) for n in (0, 1))
        print(f"{kind.name:<14} {wall:6.2f} {cpu:6.2f} {statistics.median(turn[place][2] for turn in rounds):7.1%}")


if __name__ == "__main__":
    main()
