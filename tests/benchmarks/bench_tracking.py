"""What tracking a run and writing its folder add to it.

    python tests/benchmarks/bench_tracking.py [--rounds 5] [--seconds 4] [--threads 1] [--backend numpy] [--only NAME]

SmallCnn on photos of hands (../shared/data/sign_digits, at 64 x 64, minibatches of 64) and NLayers on the `numbers`
that ship (all in one minibatch). In every round two trainings take turns, as long as each other: with the checks
alone, and with all that a run listens with besides: layer statistics, memory by phase, metrics, states, answers,
mistakes. Printed are the CPU seconds of an epoch; the ratio of both; the share of the CPU time that was spent
within those listeners, which other processes disturb less; then what the files at the end of a run take, once
(weights, figures, pictures, the page); and the share that all has in a run of 100 epochs. Not a test: no limit is
set.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rounds", type=int, default=5, help="turns each of the two takes [5]")
parser.add_argument("--seconds", type=float, default=4.0, help="about how long a turn takes, at least two epochs [4]")
parser.add_argument("--threads", type=int, default=1, help="for the arithmetic [1]")
parser.add_argument("--backend", default="numpy", help="numpy or torch [numpy]")
parser.add_argument("--only", default="", help="the dataset, where only one is to be measured")
arguments = parser.parse_args()
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # this checkout, installed or not

from nnlab.experiment.build import build  # noqa: E402
from nnlab.experiment.config import resolve  # noqa: E402
from nnlab.experiment.profile import Profile  # noqa: E402
from nnlab.experiment.run import _Session  # noqa: E402
from nnlab.experiment.sources import from_flags  # noqa: E402
from nnlab.experiment.trainer import trainer_of  # noqa: E402
from nnlab.kernels.threads import at_most_threads  # noqa: E402
from nnlab.tracking.store import RunStore  # noqa: E402

RUN = 100
"""Epochs of the run that all of it is held against."""

CASES: dict[str, dict[str, Any]] = {
    "sign_digits": {"datasets_path": str(ROOT.parent / "shared" / "data"), "model": "SmallCnn", "resize": "64,64",
                    "max_minibatch_size": 64, "flatten": False},
    "numbers": {"datasets_path": str(ROOT / "datasets"), "model": "NLayers"},
}  # fmt: skip


def cpu(do: Callable[[], object]) -> float:
    """CPU seconds that it takes."""
    began = time.process_time()
    do()
    return time.process_time() - began


def measure(name: str, folder: Path) -> None:
    """A line for one dataset."""
    said = CASES[name] | {
        "dataset": name, "epochs": 1, "backend": arguments.backend, "threads": arguments.threads,
        "gradient_checks": "off",
    }  # fmt: skip
    experiment = resolve(from_flags(said))
    parts = build(experiment)
    warm = cpu(_training(experiment, parts, []))
    said["epochs"] = epochs = max(2, round(arguments.seconds / warm))
    experiment = resolve(from_flags(said))
    alone, ratios, shares, ends = list[float](), list[float](), list[float](), list[float]()
    for turn in range(arguments.rounds):
        session = _session(experiment, parts, folder)
        every = session._listeners.all
        checks = [one for one in every if type(one).__name__.endswith("Checks")]
        kept: list[Any] = []
        kinds = [_training(experiment, parts, checks), _training(experiment, parts, every, kept)]
        spent = Spent([one for one in every if one not in checks])
        first = turn % 2  # they take turns in going first
        taken = {kind: cpu(kinds[kind]) for kind in (first, 1 - first)}
        ends.append(cpu(partial(session._written_down, kept[0], None, Profile(False))))
        session.store.close()
        alone.append(taken[0] / epochs)
        ratios.append(taken[1] / taken[0])
        shares.append(spent.seconds / (taken[1] - spent.seconds))
    epoch, ratio, share, end = map(statistics.median, (alone, ratios, shares, ends))
    print(f"{name:<14}{epoch * 1e3:9.1f} ms an epoch {ratio:8.3f} times with tracking, {share:.2%} in listeners"
          f"{end * 1e3:9.0f} ms at the end ({end / (RUN * epoch):.1%} of {RUN} epochs)", flush=True)  # fmt: skip


METHODS = (
    "run_start",
    "epoch_start",
    "step_start",
    "step_end",
    "between_steps",
    "epoch_end",
    "answered",
    "run_end",
    "state",
)


class Spent:
    """Adds up the CPU time of this thread that listeners take."""

    def __init__(self, listeners: list[Any]):
        self.seconds = 0.0
        for listener in listeners:
            for name in METHODS:
                setattr(listener, name, self._timed(getattr(listener, name)))
            listener.watch = self._watching(listener.watch)

    def _timed(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any) -> Any:
            began = time.thread_time()
            try:
                return do(*given)
            finally:
                self.seconds += time.thread_time() - began

        return timed

    def _watching(self, ask: Callable[[], Any]) -> Callable[[], Any]:
        def watch() -> Any:
            found = ask()
            return None if found is None else self._timed(found)

        return watch


def _session(experiment: Any, parts: Any, folder: Path) -> _Session:
    store = RunStore.create(folder, "bench", experiment.to_toml())
    session = _Session(experiment, parts, store, time.perf_counter(), 0.0)
    session.begin()
    return session


def _training(experiment: Any, parts: Any, callbacks: Any, keep: list[Any] | None = None) -> Callable[[], object]:
    trainer = trainer_of(experiment, parts, callbacks)

    def train() -> None:
        result = trainer.run()
        if keep is not None:
            keep.append(result)

    return train


def main() -> None:
    """A line for each dataset."""
    with tempfile.TemporaryDirectory() as folder, at_most_threads(arguments.threads):
        for name in CASES:
            if arguments.only in ("", name):
                measure(name, Path(folder))


if __name__ == "__main__":
    main()
