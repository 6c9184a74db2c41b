"""A training step of one network in one process, on one thread and on two, and in two processes of one thread each.

    python tests/benchmarks/bench_parallel.py [--rounds 7] [--steps 5] [--output docs/images/processes.png]

On torch, float32, with drawn pictures. In every round each way takes one turn after the other of so many steps: medians
of milliseconds of a step, wall, and of the ratio to one process on one thread in the same round. The weights are what
processes say to one another in a step besides the samples, as gradients. Not a test: it sets no limit.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rounds", type=int, default=7, help="turns each way takes [7]")
parser.add_argument("--steps", type=int, default=5, help="steps of a turn [5]")
parser.add_argument("--output", help="a picture of the ratios")
arguments = parser.parse_args()
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

import os  # noqa: E402

import torch  # noqa: E402

from nnlab.backends.torch.parallel.team import Team  # noqa: E402
from nnlab.core.machine import usable_cores  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.experiment.build import build  # noqa: E402
from nnlab.experiment.config import resolve  # noqa: E402
from nnlab.experiment.followers import Followers  # noqa: E402
from nnlab.experiment.sources import from_flags  # noqa: E402
from nnlab.experiment.together import begin  # noqa: E402

NETWORKS = {
    "NLayers(300,100), 128 of 32 x 32": {"model": "NLayers", "layers": "300,100", "max_minibatch_size": 128},
    "SmallCnn, 128 of 32 x 32": {"model": "SmallCnn", "max_minibatch_size": 128},
    "ResNet18, 16 of 32 x 32": {"model": "ResNet18", "max_minibatch_size": 16},
}
WAYS = {"1 process, 1 thread": 1, "1 process, 2 threads": 2, "2 processes, 1 thread": 1}
"""And the threads of each process."""


def ways(settings: dict, team: Team) -> dict:
    """By way, what takes a step."""
    plain = {"datasets_path": "datasets", "dataset": "numbers", "backend": "torch", "device": "cpu", "threads": 1}
    experiment = resolve(from_flags(plain | settings))
    made = {name: build(experiment, team=team if name.startswith("2") else None) for name in WAYS}
    begin(experiment, made["2 processes, 1 thread"], team)
    batch = next(made["1 process, 1 thread"].data.training.batches(1))
    return {name: (parts.learner, batch) for name, parts in made.items()}


def turn(learner, batch, threads: int) -> float:
    """Milliseconds of a step."""
    torch.set_num_threads(threads)
    began = time.perf_counter()
    for step in range(arguments.steps):
        learner.learn(batch, rng=Rng(0).at("step", step), epoch=0, epochs=1)
    return 1000 * (time.perf_counter() - began) / arguments.steps


def draw(found: dict[str, dict[str, float]], path: str) -> None:
    """A bar for each way of each network: its time over that of one process on one thread."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
    colours = ("#0072b2", "#56b4e9", "#d55e00")
    for place, (way, colour) in enumerate(zip(WAYS, colours, strict=True)):
        ratios = [found[network][way] for network in NETWORKS]
        places = [row + 0.27 * (place - 1) for row in range(len(NETWORKS))]
        bars = axes.barh(places, ratios, 0.25, color=colour, label=way)
        axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.set_yticks(range(len(NETWORKS)), [network.replace(", ", "\n") for network in NETWORKS])
    axes.invert_yaxis()
    axes.axvline(1, color="#bbbbbb", linewidth=1, zorder=0)
    axes.margins(x=0.1)
    axes.set_xlabel("time of a training step, of one process's on one thread")
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=120)


ratios: dict[str, dict[str, float]] = {}
print(f"ms of a training step; {usable_cores()} cores; load before: {os.getloadavg()[0]:.1f}")
with Followers(2) as followers:
    team = Team(0, 2, followers.connect, followers.gone)
    for network, settings in NETWORKS.items():
        learners = ways(settings, team)
        rounds = [
            {name: turn(*learners[name], threads) for name, threads in WAYS.items()}
            for _ in range(arguments.rounds + 1)
        ][1:]
        weights = next(iter(learners.values()))[0].parameter_count
        print(f"{network:40}{'ms':>9}{'ratio':>9}    {weights * 4 / 1e6:.1f} MB of weights")
        for name in WAYS:
            ratio = statistics.median(each[name] / each["1 process, 1 thread"] for each in rounds)
            ratios.setdefault(network, {})[name] = ratio
            print(f"    {name:36}{statistics.median(each[name] for each in rounds):9.1f}{ratio:9.2f}")
    team.leave()
if arguments.output:
    draw(ratios, arguments.output)
