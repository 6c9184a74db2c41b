"""Convolutions and training steps of convolutional networks on NumPy, against torch on the same processor.

    python tests/benchmarks/bench_convolution.py [--only layers|steps] [--rounds 9] [--threads 2] [--busy 0]

Same weights, batches and float32; both on so many threads. torch is eager, in its default layout and in channels_last.
In every round each contender takes one turn, so a busy machine slows all of them alike; a turn is one that does not
count and one that does, after a pause in which torch's threads stop spinning. Printed are medians of wall time, and
NumPy's as a share of each layout's: below 1 NumPy is the quicker.

layers  forward and both gradients of a Conv2d without bias. batch x channels -> maps x side
steps   a training step: forward, loss, backward, Adam (torch's default one)

With --busy=2 two processes that never rest run beside them. A busy machine flatters NumPy: its threads wait for each
other asleep, torch's awake.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--only", choices=("layers", "steps"), help="one of the two tables")
parser.add_argument("--rounds", type=int, default=9, help="turns each contender takes [9]")
parser.add_argument("--threads", type=int, default=2, help="of both [2]")
parser.add_argument("--busy", type=int, default=0, help="processes beside them that never rest [0]")
parser.add_argument("--match", default="", help="only the rows whose names have this in them")
arguments = parser.parse_args()
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from nnlab.backends.numpy.learner import NumpyLearner  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.core.workspace import Workspace  # noqa: E402
from nnlab.kernels.images.convolution import algorithm  # noqa: E402
from nnlab.kernels.threads import at_most_threads  # noqa: E402
from nnlab.layers.add import Add  # noqa: E402
from nnlab.layers.batch_norm import BatchNorm  # noqa: E402
from nnlab.layers.conv2d import Conv2d  # noqa: E402
from nnlab.layers.dense import Dense  # noqa: E402
from nnlab.layers.flatten import Flatten  # noqa: E402
from nnlab.layers.global_average_pool import GlobalAveragePool  # noqa: E402
from nnlab.layers.max_pool2d import MaxPool2d  # noqa: E402
from nnlab.layers.relu import ReLU  # noqa: E402
from nnlab.layers.relu6 import ReLU6  # noqa: E402
from nnlab.layers.silu import SiLU  # noqa: E402
from nnlab.layers.windows import window_over  # noqa: E402
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy  # noqa: E402
from nnlab.models.base import Model  # noqa: E402
from nnlab.models.graph import INPUT, Graph  # noqa: E402
from nnlab.models.mb_conv_net import MBConvNet  # noqa: E402
from nnlab.models.resnet import ResNet18  # noqa: E402
from nnlab.models.small_cnn import SmallCnn  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.optimizer import Optimizer  # noqa: E402
from nnlab.testing.batches import labelled, one_head  # noqa: E402

torch.set_num_threads(arguments.threads)
PAUSE_SECONDS = 0.03
CLASSES = 10
LAYOUTS = {"default": torch.contiguous_format, "channels_last": torch.channels_last}

Turn = Callable[[], object]

LAYERS = {  # batch, channels, maps, side, kernel, stride, groups; bounds: of default, of channels_last, of the better
    "64 x 32 -> 32 x 62": ((64, 32, 32, 62, 3, 1, 1), (0.85, 1.15, 1.0)),
    "32 x 64 -> 64 x 32": ((32, 64, 64, 32, 3, 1, 1), (0.85, 1.15, 1.0)),
    "32 x 128 -> 128 x 16": ((32, 128, 128, 16, 3, 1, 1), (0.85, 1.15, 1.0)),
    "32 x 256 -> 256 x 8": ((32, 256, 256, 8, 3, 1, 1), (None, None, 1.3)),
    "32 x 16 -> 16 x 64": ((32, 16, 16, 64, 3, 1, 1), (None, None, 1.6)),
    "1x1, 32 x 64 -> 64 x 32": ((32, 64, 64, 32, 1, 1, 1), (None, None, 1.2)),
    "1x1, 32 x 256 -> 64 x 16": ((32, 256, 64, 16, 1, 1, 1), (None, None, 1.2)),
    "stride 2, 32 x 32 -> 64 x 64": ((32, 32, 64, 64, 3, 2, 1), (None, None, 1.5)),
    "stride 2, 32 x 64 -> 128 x 32": ((32, 64, 128, 32, 3, 2, 1), (None, None, 1.5)),
    "depthwise, 32 x 64 x 32": ((32, 64, 64, 32, 3, 1, 64), (None, None, 2.0)),
    "depthwise 5x5, 32 x 64 x 16": ((32, 64, 64, 16, 5, 1, 64), (None, None, None)),
    "depthwise, stride 2, 32 x 96 x 32": ((32, 96, 96, 32, 3, 2, 96), (None, None, None)),
}

STEPS: dict[str, tuple[Model, tuple[int, ...], tuple[float | None, ...]]] = {
    "SmallCnn, 64 of 64 x 64": (SmallCnn(), (64, 64, 64, 3), (1.1, 1.4, None)),
    "ResNet18 (small stem), 32 of 32 x 32": (ResNet18(stem="small"), (32, 32, 32, 3), (1.1, 1.4, None)),
    "MBConvNet C, 32 of 64 x 64": (MBConvNet(preset="C"), (32, 64, 64, 3), (None, None, 2.0)),
}


def layer_turns(sizes: tuple[int, ...]) -> dict[str, Turn]:
    """Forward and both gradients of one convolution."""
    batch, channels, maps, side, kernel, stride, groups = sizes
    generator = np.random.default_rng(0)
    x = generator.standard_normal((batch, side, side, channels), dtype=np.float32)
    w = generator.standard_normal((kernel, kernel, channels // groups, maps), dtype=np.float32)
    window = window_over((side, side), kernel=kernel, stride=stride, padding=kernel // 2, groups=groups)
    dy = generator.standard_normal((batch, *window.out_size((side, side)), maps), dtype=np.float32)
    workspace, by = Workspace(), algorithm(x.shape, w.shape, window)

    def nnlab() -> object:
        with at_most_threads(arguments.threads):
            y = by.forward(x, w, window, empty=workspace.empty)
            return y, by.backward(dy, x, w, window, empty=workspace.empty)

    turns: dict[str, Turn] = {"nnlab": nnlab}
    for name, layout in LAYOUTS.items():
        tx, tw, tdy = (
            torch.from_numpy(array).permute(order).contiguous(memory_format=layout)
            for array, order in ((x, (0, 3, 1, 2)), (w, (3, 2, 0, 1)), (dy, (0, 3, 1, 2)))
        )
        tx.requires_grad_()
        tw.requires_grad_()

        def turn(tx: torch.Tensor = tx, tw: torch.Tensor = tw, tdy: torch.Tensor = tdy) -> object:
            tx.grad = tw.grad = None
            y = F.conv2d(tx, tw, None, stride, kernel // 2, 1, groups)
            y.backward(tdy)
            return y

        turns[name] = turn
    return turns


class Plain:
    """A graph on torch as anybody would write it: channels on axis 1, weights as torch has them."""

    def __init__(self, graph: Graph, layout: torch.memory_format):
        self.graph, self.values = graph, dict[str, dict[str, torch.Tensor]]()
        for node in graph.nodes:
            own = {}
            for field, kept in graph.own(node.name).items():
                value = torch.from_numpy(kept.value.copy())
                if value.ndim == 4:
                    value = value.permute(3, 2, 0, 1).contiguous(memory_format=layout)
                elif value.ndim == 2:
                    value = value.T.contiguous()
                own[field] = value.requires_grad_("running" not in field)
            self.values[node.name] = own

    def parameters(self) -> list[torch.Tensor]:
        return [value for own in self.values.values() for value in own.values() if value.requires_grad]

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        outputs = {INPUT: x}
        for node in self.graph.nodes:
            outputs[node.name] = x = run(node.layer, self.values[node.name], *(outputs[name] for name in node.inputs))
        return x


def run(layer: object, own: dict[str, torch.Tensor], *xs: torch.Tensor) -> torch.Tensor:
    """One layer."""
    x = xs[0]
    match layer:
        case Conv2d():
            (top, bottom), (left, right) = layer.window.pads
            if (top, left) != (bottom, right):
                x, top, left = F.pad(x, (left, right, top, bottom)), 0, 0
            return F.conv2d(
                x,
                own["weight"],
                own.get("bias"),
                layer.window.strides,
                (top, left),
                layer.window.dilations,
                layer.groups,
            )
        case BatchNorm():
            return F.batch_norm(
                x, own["running_mean"], own["running_variance"], own["gamma"], own["beta"], True, 0.1, layer.epsilon
            )
        case MaxPool2d():
            return F.max_pool2d(x, layer.window.kernel, layer.window.strides, layer.window.pads[0][0])
        case GlobalAveragePool():
            return x.mean((2, 3))
        case Dense():
            return F.linear(x, own["weight"], own.get("bias"))
        case Flatten():
            return x.permute(0, 2, 3, 1).flatten(1)  # in the order that the weights of what follows are in
        case Add():
            return sum(xs[1:], start=x)
        case ReLU():
            return F.relu(x)
        case ReLU6():
            return F.relu6(x)
        case SiLU():
            return F.silu(x)
    raise TypeError(f"no plain form of {type(layer).__name__}")


def step_turns(model: Model, shape: tuple[int, ...]) -> dict[str, Turn]:
    """A training step of a model."""
    generator = Rng(0).generator()
    x = generator.random(shape, dtype=np.float32)
    classes = generator.integers(0, CLASSES, shape[0])
    batch = labelled(x, np.eye(CLASSES, dtype=np.float32)[classes], [str(i) for i in range(shape[0])])
    graph = model.graph(shape[1:], one_head(CLASSES)).build(shape[1:], rng=Rng(0), dtype=np.float32)
    plain = {name: Plain(graph, layout) for name, layout in LAYOUTS.items()}
    learner = NumpyLearner(graph, loss=SoftmaxCrossEntropy(), optimizer=Optimizer(Adam()), threads=arguments.threads)
    turns: dict[str, Turn] = {"nnlab": lambda: learner.learn(batch, rng=Rng(0), epoch=0, epochs=1)}
    for name, network in plain.items():
        tx = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=LAYOUTS[name])
        adam = torch.optim.Adam(network.parameters())

        def turn(network: Plain = network, tx: torch.Tensor = tx, adam: torch.optim.Adam = adam) -> float:
            adam.zero_grad()
            loss = F.cross_entropy(network(tx), torch.from_numpy(classes))
            loss.backward()
            adam.step()
            return loss.item()

        turns[name] = turn
    first = learner.learn(batch, rng=Rng(0), epoch=0, epochs=1).loss
    for name in LAYOUTS:
        other = turns[name]()
        assert abs(other - first) < 1e-3 * first, f"not the same network: its loss is {other}, not {first}"
    return turns


def medians(turns: dict[str, Turn]) -> dict[str, float]:
    """Milliseconds of each contender."""
    taken: dict[str, list[float]] = {name: [] for name in turns}
    for turn in turns.values():
        turn()
    for _ in range(arguments.rounds):
        for name, turn in turns.items():
            time.sleep(PAUSE_SECONDS)
            turn()
            start = time.perf_counter()
            turn()
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}


def row(name: str, turns: dict[str, Turn], bounds: tuple[float | None, ...]) -> str:
    """A line of a table: times, ratios, bounds."""
    found = medians(turns)
    default, last = (found["nnlab"] / found[layout] for layout in LAYOUTS)
    better = found["nnlab"] / min(found[layout] for layout in LAYOUTS)
    said = ", ".join(
        f"{what} {ratio:.2f} of {bound}{'' if ratio <= bound else ' (over)'}"
        for what, ratio, bound in zip(("default", "last", "better"), (default, last, better), bounds, strict=True)
        if bound is not None
    )
    times = "".join(f"{found[contender]:10.1f}" for contender in ("nnlab", *LAYOUTS))
    return f"{name:38s}{times}{default:10.2f}{last:10.2f}   {said}"


def spin() -> None:
    """Never rests."""
    while True:
        sum(range(10000))


@contextmanager
def company():
    """So many busy processes beside."""
    others = [multiprocessing.Process(target=spin, daemon=True) for _ in range(arguments.busy)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.kill()


def main() -> None:
    print(f"{arguments.threads} threads, {os.cpu_count()} cores, {arguments.busy} busy processes beside; load before: "
          f"{os.getloadavg()[0]:.1f}; torch {torch.__version__}, NumPy {np.__version__}")  # fmt: skip
    heading = f"{'':38s}{'nnlab':>10s}{'default':>10s}{'last':>10s}{'/ default':>10s}{'/ last':>10s}   ratio of bound"
    with company():
        if arguments.only != "steps":
            print(f"\nforward and both gradients, ms\n{heading}")
            for name, (sizes, bounds) in LAYERS.items():
                if arguments.match in name:
                    print(row(name, layer_turns(sizes), bounds), flush=True)
        if arguments.only != "layers":
            print(f"\ntraining steps, ms\n{heading}")
            for name, (model, shape, bounds) in STEPS.items():
                if arguments.match in name:
                    print(row(name, step_turns(model, shape), bounds), flush=True)


if __name__ == "__main__":
    main()
