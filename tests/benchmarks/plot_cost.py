"""How a training step's time grows with the batch, the image's side and the network's depth, on NumPy and on torch.

    python tests/benchmarks/plot_cost.py [--output docs/images/cost.png] [--only batch|side|depth] [--rounds 5]
                                         [--points 5] [--lines 2] [--threads 2]

A step is forward, loss, backward and Adam's update, as `nnlab train` does it with --backend=numpy and --backend=torch:
the same weights, float32, random images. In every round each backend takes one turn, so a busy machine slows both
alike; a turn is a step that does not count and one that does, after a pause in which torch's threads stop spinning.
Printed and drawn are medians of wall time. "grows as" is the slope from the last but one to the last point, both axes
logarithmic: 1 is twice the time for twice as much.
"""

import argparse
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

import numpy as np

from nnlab.backends.base import BACKENDS, Engine
from nnlab.core.rng import Rng
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.models.base import MODELS
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head

CLASSES = 10
PAUSE_SECONDS = 0.03
NAMES = ("numpy", "torch")
COLOURS = {"numpy": "#0072B2", "torch": "#D55E00"}
STYLES = ("-", "--")


class Line(NamedTuple):
    """A network along one axis.

    Options:  network: as the plot calls it.  fixed: what stays as it is, in words.  values: along the axis.
              at: the model's name, its options, images of a batch, their side, for a value.
    """

    network: str
    fixed: str
    values: tuple[int, ...]
    at: Callable[[int], tuple[str, dict[str, Any], int, int]]


def small(depth: int) -> dict[str, Any]:
    """SmallCnn with so many convolutions and one pool."""
    return {"widths": (32,) * depth, "pooling": "last"}


def residual(blocks: int) -> dict[str, Any]:
    """A ResNet of basic blocks with so many in each of its four stages; 2 is ResNet18."""
    return {"stem": "small", "blocks": (blocks,) * 4}


STEM = {"stem": "small"}
AXES: dict[str, tuple[str, tuple[Line, Line]]] = {
    "batch": (
        "images in a batch",
        (
            Line("SmallCnn", "64 x 64", (8, 16, 32, 64, 128), lambda n: ("SmallCnn", {}, n, 64)),
            Line("ResNet18", "32 x 32", (4, 8, 16, 32, 64), lambda n: ("ResNet18", STEM, n, 32)),
        ),
    ),
    "side": (
        "pixels along a side",
        (
            Line("SmallCnn", "32 images", (16, 32, 64, 96, 128), lambda n: ("SmallCnn", {}, 32, n)),
            Line("ResNet18", "16 images", (8, 16, 32, 48, 64), lambda n: ("ResNet18", STEM, 16, n)),
        ),
    ),
    "depth": (
        "convolutions, or blocks in each of four stages",
        (
            Line("SmallCnn, one pool", "32 of 32 x 32", (1, 2, 3, 4, 6), lambda n: ("SmallCnn", small(n), 32, 32)),
            Line("ResNet", "16 of 32 x 32", (1, 2, 3, 4, 6), lambda n: ("ResNet18", residual(n), 16, 32)),
        ),
    ),
}


def steps(name: str, options: dict[str, Any], samples: int, side: int, threads: int) -> dict[str, Callable[[], object]]:
    """A training step of a network by each backend, from the same weights on the same images."""
    shape, generator = (side, side, 3), Rng(0).generator()
    x = generator.random((samples, *shape), dtype=np.float32)
    truth = np.eye(CLASSES, dtype=np.float32)[generator.integers(0, CLASSES, samples)]
    batch, turns = labelled(x, truth), dict[str, Callable[[], object]]()
    for backend in NAMES:
        graph = MODELS.get(name)(**options).graph(shape, one_head(CLASSES)).build(shape, rng=Rng(0), dtype=np.float32)
        learner = BACKENDS.get(backend).of(
            graph, loss=SoftmaxCrossEntropy(), optimizer=Optimizer(Adam()), engine=Engine(device="cpu", threads=threads)
        )
        turns[backend] = lambda learner=learner: learner.learn(batch, rng=Rng(0), epoch=0, epochs=1)
    return turns


def milliseconds(turns: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Of each contender, the median."""
    taken: dict[str, list[float]] = {name: [] for name in turns}
    for turn in turns.values():
        turn()
    for _ in range(rounds):
        for name, turn in turns.items():
            time.sleep(PAUSE_SECONDS)
            turn()
            start = time.perf_counter()
            turn()
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}


def slope(values: tuple[int, ...], times: list[float]) -> float:
    """Of the last piece of a line, both axes logarithmic."""
    return math.log(times[-1] / times[-2]) / math.log(values[-1] / values[-2]) if len(times) > 1 else math.nan


def measured(line: Line, rounds: int, points: int, threads: int) -> dict[str, list[float]]:
    """The times along a line, printed as they come."""
    times: dict[str, list[float]] = {name: [] for name in NAMES}
    for value in line.values[:points]:
        for name, taken in milliseconds(steps(*line.at(value), threads), rounds).items():
            times[name].append(taken)
    name = f"{line.network} ({line.fixed})"
    print(f"  {name:42s}" + "".join(f"{value:9d}" for value in line.values[:points]) + "   grows as")
    for backend in NAMES:
        row = "".join(f"{taken:9.1f}" for taken in times[backend])
        print(f"    {backend:40s}{row}{slope(line.values[:points], times[backend]):11.2f}")
    ratios = "".join(f"{ours / theirs:9.2f}" for ours, theirs in zip(times["numpy"], times["torch"], strict=True))
    print(f"    {'ratio, numpy / torch':40s}{ratios}", flush=True)
    return times


def draw(found: dict[str, list[tuple[Line, dict[str, list[float]]]]], output: Path) -> None:
    """A panel for each axis: colour tells the backend, the stroke the network."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.7 * len(found), 4.2), dpi=90, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    for place, (axis, lines) in enumerate(found.items(), 1):
        axes = figure.add_subplot(1, len(found), place)
        for style, (line, times) in zip(STYLES, lines, strict=False):
            for backend in NAMES:
                values, label = line.values[: len(times[backend])], f"{line.network}: {backend}"
                axes.plot(values, times[backend], style, color=COLOURS[backend], marker=".", label=label)
        ticks = sorted({value for line, _ in lines for value in line.values})
        axes.set(xscale="log", yscale="log", xlabel=AXES[axis][0], ylabel="ms of a training step" if place == 1 else "")
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.minorticks_off()
        axes.grid(color="#e6e6e6")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=7.5, ncols=2, handlelength=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    figure.savefig(output, metadata={"Software": None}, pil_kwargs={"optimize": True})


def main() -> None:
    """Measures, prints, draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="the PNG to write [none]")
    parser.add_argument("--only", choices=tuple(AXES), help="one of the axes [all]")
    parser.add_argument("--rounds", type=int, default=5, help="turns that each backend takes [5]")
    parser.add_argument("--points", type=int, default=5, help="how many points of each line, from the left [5]")
    parser.add_argument("--lines", type=int, default=2, help="networks of each axis, from the first [2]")
    parser.add_argument("--threads", type=int, default=2, help="of both [2]")
    said = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"ms of a training step; {said.threads} threads, {os.cpu_count()} cores; load before: {load:.1f}")
    found: dict[str, list[tuple[Line, dict[str, list[float]]]]] = {}
    for axis, (words, lines) in AXES.items():
        if said.only in (None, axis):
            print(words)
            found[axis] = [
                (line, measured(line, said.rounds, said.points, said.threads)) for line in lines[: said.lines]
            ]
    if said.output is not None:
        draw(found, said.output)


if __name__ == "__main__":
    main()
