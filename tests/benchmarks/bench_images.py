"""What a convolutional step does besides convolutions, forward and backward, against torch's eager operators.

    python tests/benchmarks/bench_images.py [--rounds 15] [--shape 64,64,64,32] [--only MaxPool2d] [--threads 2]

Arrays of (batch, height, width, channels), float32; torch in both its layouts, its gradients by autograd. In every
round each contender takes one turn, forward and backward, after a pause in which the threads of the one before stop
spinning. Printed are medians of wall and CPU time in milliseconds and their ratios to torch. nnlab borrows its memory
as in a training step; torch has large arrays (32 MiB) from the system every time, as in its own training.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rounds", type=int, default=15, help="turns each contender takes [15]")
parser.add_argument("--shape", default="64,64,64,32", help="batch, height, width, channels [64,64,64,32]")
parser.add_argument("--only", default="", help="the layers whose names begin so [all]")
parser.add_argument("--threads", type=int, default=2, help="threads of each [2]")
arguments = parser.parse_args()
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # read when numpy is imported
    os.environ[name] = str(arguments.threads)
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from nnlab.core.component import make  # noqa: E402
from nnlab.core.context import Context  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.core.workspace import Workspace  # noqa: E402
from nnlab.kernels.threads import at_most_threads  # noqa: E402
from nnlab.layers.base import LAYERS, Layer  # noqa: E402
from nnlab.models.values import DrawnValues  # noqa: E402

SHAPE = tuple(int(n) for n in arguments.shape.split(","))
CHANNELS = SHAPE[-1]
PAUSE_SECONDS = 0.02  # before a turn

Seconds = tuple[float, float, float, float]
"""Of a turn: wall time of forward and backward, CPU time of both."""

Turn = Callable[[], Seconds]


def normalised(x: torch.Tensor) -> torch.Tensor:
    """BatchNorm in training, with running statistics."""
    own = [torch.zeros(CHANNELS), torch.ones(CHANNELS)]
    learnt = [torch.ones(CHANNELS, requires_grad=True), torch.zeros(CHANNELS, requires_grad=True)]
    return F.batch_norm(x, *own, *learnt, training=True)


def normalised_rows(x: torch.Tensor) -> torch.Tensor:
    """LayerNorm over the channels, which torch wants last."""
    learnt = [torch.ones(CHANNELS, requires_grad=True), torch.zeros(CHANNELS, requires_grad=True)]
    return F.layer_norm(x.movedim(1, -1), (CHANNELS,), *learnt).movedim(-1, 1)


def normalised_groups(x: torch.Tensor) -> torch.Tensor:
    """GroupNorm in four groups."""
    learnt = [torch.ones(CHANNELS, requires_grad=True), torch.zeros(CHANNELS, requires_grad=True)]
    return F.group_norm(x, 4, *learnt)


def twice(mode: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """An image of twice the size."""
    return lambda x: F.interpolate(x, scale_factor=2, mode=mode)


BATCH_NORM, RELU, PAIRS = ("BatchNorm", {}), ("ReLU", {}), ("MaxPool2d", {})
CASES: dict[str, tuple[list[Any], Callable[..., torch.Tensor]]] = {
    "BatchNorm, ReLU, MaxPool2d": (
        [BATCH_NORM, RELU, PAIRS], lambda x: F.max_pool2d(F.relu(normalised(x)), 2)
    ),
    "BatchNorm": ([BATCH_NORM], normalised),
    "ReLU": ([RELU], F.relu),
    "LeakyReLU": ([("LeakyReLU", {})], F.leaky_relu),
    "ReLU6": ([("ReLU6", {})], F.relu6),
    "SiLU": ([("SiLU", {})], F.silu),
    "HardSwish": ([("HardSwish", {})], F.hardswish),
    "GELU": ([("GELU", {})], F.gelu),
    "Add": ([("Add", {})], torch.add),
    "Multiply": ([("Multiply", {})], lambda x, gate: x * gate[:, :, None, None]),
    "Dropout": ([("Dropout", {})], lambda x: F.dropout(x, 0.5, True)),
    "MaxPool2d 2": ([PAIRS], lambda x: F.max_pool2d(x, 2)),
    "MaxPool2d 3, stride 2": (
        [("MaxPool2d", {"kernel": 3, "stride": 2, "padding": 1})], lambda x: F.max_pool2d(x, 3, 2, 1)
    ),
    "AveragePool2d 2": ([("AveragePool2d", {})], lambda x: F.avg_pool2d(x, 2)),
    "GlobalAveragePool": ([("GlobalAveragePool", {})], lambda x: x.mean((2, 3))),
    "LayerNorm": ([("LayerNorm", {})], normalised_rows),
    "GroupNorm": ([("GroupNorm", {"groups": 4})], normalised_groups),
    "PReLU": ([("PReLU", {})], lambda x: F.prelu(x, torch.full((CHANNELS,), 0.25, requires_grad=True))),
    "Pad": ([("Pad", {"mode": "reflect"})], lambda x: F.pad(x, (1, 1, 1, 1), mode="reflect")),
    "Resize nearest": ([("Resize", {"scale": 2.0})], twice("nearest")),
    "Resize bilinear": ([("Resize", {"scale": 2.0, "mode": "bilinear"})], twice("bilinear")),
    "Resize cubic": ([("Resize", {"scale": 2.0, "mode": "cubic"})], twice("bicubic")),
}  # fmt: skip


def shapes_of(case: str) -> list[tuple[int, ...]]:
    """Of the inputs, the batch included."""
    second = {"Add": [SHAPE], "Multiply": [(SHAPE[0], CHANNELS)]}
    return [SHAPE, *second.get(case, [])]


def arrays(shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Random values; arithmetic takes as long on any."""
    generator = np.random.default_rng(0)
    return [generator.standard_normal(shape, np.float32) for shape in shapes]


def built(
    kinds: list[tuple[str, dict[str, Any]]], shapes: list[tuple[int, ...]]
) -> tuple[list[Layer], tuple[int, ...]]:
    """The layers one after the other, and the shape of what the last gives."""
    layers, out = [make(LAYERS.get(kind), options) for kind, options in kinds], [shape[1:] for shape in shapes]
    for number, layer in enumerate(layers):
        out = [layer.build(*out, new=DrawnValues(f"layer_{number}", Rng(0), np.dtype(np.float32)))]
    return layers, (shapes[0][0], *out[0])


def ours(case: str) -> Turn:
    """Layers of nnlab, on borrowed memory."""
    shapes = shapes_of(case)
    layers, out_shape = built(CASES[case][0], shapes)
    inputs, (dy,) = arrays(shapes), arrays([out_shape])
    ctx = Context(training=True, workspace=Workspace(), rng=Rng(0), node="layer")

    def turn() -> Seconds:
        with at_most_threads(arguments.threads):
            began, cpu = time.perf_counter(), time.process_time()
            xs, caches = tuple(inputs), []
            for layer in layers:
                y, cache = layer.forward(*xs, ctx=ctx)
                xs = (y,)
                caches.append(cache)
            between, between_cpu = time.perf_counter(), time.process_time()
            gradients: tuple[Any, ...] = (dy,)
            for layer in reversed(layers):
                gradients = layer.backward(gradients[0], caches.pop(), ctx)
            ended, ended_cpu = time.perf_counter(), time.process_time()
        return between - began, ended - between, between_cpu - cpu, ended_cpu - between_cpu

    return turn


def theirs(case: str, layout: torch.memory_format) -> Turn:
    """The same with torch's operators."""
    torch.set_num_threads(arguments.threads)
    shapes = shapes_of(case)
    _, out_shape = built(CASES[case][0], shapes)
    given = [_tensor(x, layout).requires_grad_() for x in arrays(shapes)]
    (dy,) = (_tensor(x, layout) for x in arrays([out_shape]))

    def turn() -> Seconds:
        for x in given:
            x.grad = None
        began, cpu = time.perf_counter(), time.process_time()
        y = CASES[case][1](*given)
        between, between_cpu = time.perf_counter(), time.process_time()
        y.backward(dy)
        ended, ended_cpu = time.perf_counter(), time.process_time()
        return between - began, ended - between, between_cpu - cpu, ended_cpu - between_cpu

    return turn


def _tensor(x: np.ndarray, layout: torch.memory_format) -> torch.Tensor:
    tensor = torch.from_numpy(x)
    return tensor.permute(0, 3, 1, 2).contiguous(memory_format=layout) if x.ndim == 4 else tensor


def main() -> None:
    """Takes the turns and prints the table."""
    print(f"{' x '.join(map(str, SHAPE))} float32, {arguments.threads} threads, {arguments.rounds} rounds, medians")
    print(f"{'':38}{'wall':>8}{'/ default':>10}{'/ ch. last':>11}{'CPU':>10}{'/ default':>10}{'/ ch. last':>11}")
    for case in CASES:
        if not case.startswith(arguments.only):
            continue
        turns = {
            "nnlab": ours(case),
            "default": theirs(case, torch.contiguous_format),
            "channels_last": theirs(case, torch.channels_last),
        }
        taken: dict[str, list[Seconds]] = {who: [] for who in turns}
        for number in range(arguments.rounds + 2):
            for who, turn in turns.items():
                time.sleep(PAUSE_SECONDS)
                seconds = turn()
                if number >= 2:  # the first warm up
                    taken[who].append(seconds)
        medians = {who: 1e3 * np.median(np.array(rows), axis=0) for who, rows in taken.items()}
        for way, which in (("forward", 0), ("backward", 1)):
            line = f"{case if which == 0 else '':28}{way:10}"
            for column in (which, which + 2):
                mine, *others = (medians[who][column] for who in turns)
                line += f"{mine:8.2f}{mine / others[0]:10.2f}{mine / others[1]:11.2f}  "
            print(line, flush=True)


if __name__ == "__main__":
    main()
