"""Peak memory of a training step by nnlab on NumPy and by torch, eager: the same network, batch and Adam, float32.

    python tests/benchmarks/bench_memory.py [--threads 2] [--steps 4] [NETWORK ...]

Each contender is a process of its own: it imports what it needs and takes a step of a tiny network (what it holds then
are the libraries), makes the network and a batch, takes some steps, scores the batch once, and says its resident
memory's peak (Linux: VmHWM). Printed are the libraries' MiB, what the run takes above them (weights, gradients, slots
and batch included), the sum, and both as ratios to torch's in its default layout and in channels_last.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

CONTENDERS = ("nnlab", "torch", "torch channels_last")
NETWORKS: dict[str, tuple[str, dict[str, Any], tuple[int, ...], int]] = {  # model, options, sample, samples
    "F14": ("NLayers", {"layers": (100,)}, (12100,), 593),
    "wide": ("NLayers", {"layers": (2048,) * 8, "dropout_rate": 0.2}, (2048,), 256),
    "SmallCnn": ("SmallCnn", {}, (64, 64, 3), 64),
    "ResNet18": ("ResNet18", {"stem": "small"}, (32, 32, 3), 32),
    "MBConvNet": ("MBConvNet", {"preset": "C"}, (64, 64, 3), 32),
}
TINY = ("NLayers", {"layers": (8,)}, (4, 4, 3), 8)
CLASSES = 10


def made(model: str, options: dict[str, Any], sample: tuple[int, ...], samples: int) -> tuple[Any, Any]:
    """A network and a batch for it."""
    import numpy as np

    from nnlab.core.rng import Rng
    from nnlab.models.base import MODELS
    from nnlab.testing.batches import labelled, one_head

    graph = MODELS.get(model)(**options).graph(sample, one_head(CLASSES)).build(sample, rng=Rng(0), dtype=np.float32)
    generator = Rng(1).generator()
    x = generator.random((samples, *sample), dtype=np.float32)
    return graph, labelled(x, np.eye(CLASSES, dtype=np.float32)[generator.integers(0, CLASSES, samples)])


def by_nnlab(network: tuple[Any, ...], threads: int) -> Callable[[], object]:
    """A learner's step."""
    from nnlab.backends.numpy.learner import NumpyLearner
    from nnlab.core.rng import Rng
    from nnlab.losses.cross_entropy import CrossEntropy
    from nnlab.optimizers.adam import Adam
    from nnlab.optimizers.optimizer import Optimizer

    graph, batch = made(*network)
    learner = NumpyLearner(graph, loss=CrossEntropy(), optimizer=Optimizer(Adam()), threads=threads)

    def step() -> None:
        learner.learn(batch, rng=Rng(0), epoch=0, epochs=1)
        learner.evaluate(batch)

    return step


def by_torch(network: tuple[Any, ...], threads: int, *, channels_last: bool) -> Callable[[], object]:
    """A step of a loop that anybody would write, over the same layers."""
    import torch

    torch.set_num_threads(threads)
    graph, batch = made(*network)
    module = as_module(graph)
    x, targets = torch.from_numpy(batch.inputs), torch.from_numpy(next(iter(batch.targets.values())).value)
    if x.ndim == 4:
        x = x.permute(0, 3, 1, 2).contiguous()
    if channels_last and x.ndim == 4:
        x, module = x.to(memory_format=torch.channels_last), module.to(memory_format=torch.channels_last)
    del graph, batch  # the definition's own weights
    adam = torch.optim.Adam(module.parameters())

    def step() -> None:
        module.train()
        adam.zero_grad()
        loss = torch.nn.functional.cross_entropy(module(x), targets)
        loss.backward()
        adam.step()
        module.eval()
        with torch.no_grad():
            torch.nn.functional.cross_entropy(module(x), targets).item()

    return step


def as_module(graph: Any) -> Any:
    """The network in torch's own layers; only the kinds that these networks have."""
    from torch import nn

    from nnlab.models.node import INPUT

    def of(layer: Any, sample: tuple[int, ...]) -> Any:
        name = type(layer).__name__
        if name == "Conv2d":
            window = layer.window
            same = tuple(begin for begin, end in window.pads if begin == end)
            return nn.Conv2d(
                sample[-1], layer.maps, window.kernel, window.strides, same, groups=layer.groups, bias=layer.bias
            )
        if name == "BatchNorm":
            return (nn.BatchNorm2d if len(sample) == 3 else nn.BatchNorm1d)(sample[-1])
        if name == "MaxPool2d":
            return nn.MaxPool2d(layer.window.kernel, layer.window.strides)
        if name == "Dense":
            return nn.Linear(sample[-1], layer.units, bias=layer.bias)
        if name == "GlobalAveragePool":
            return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        if name == "Softmax":  # cross_entropy has it
            return nn.Identity()
        kinds = {"ReLU": nn.ReLU, "ReLU6": nn.ReLU6, "LeakyReLU": nn.LeakyReLU, "Flatten": nn.Flatten}
        return nn.Dropout(layer.rate) if name == "Dropout" else kinds[name]()

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wiring = [(node.name, node.inputs) for node in graph.nodes]
            self.last_read = graph.last_read
            self.layers = nn.ModuleDict(
                {n.name: of(n.layer, graph.shapes[n.inputs[0]]) for n in graph.nodes if type(n.layer).__name__ != "Add"}
            )

        def forward(self, x: Any) -> Any:
            values = {INPUT: x}
            for name, read in self.wiring:
                y = self.layers[name](values[read[0]]) if name in self.layers else values[read[0]] + values[read[1]]
                values[name] = y
                for gone in self.last_read[name]:
                    del values[gone]
                del y
            return values[name]

    return Network()


def resident(what: str) -> float:
    """MiB of this process: VmRSS (now) or VmHWM (at its peak)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024
    except OSError:  # not Linux: the peak is all there is
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measure(contender: str, network: str, threads: int, steps: int) -> None:
    """In a process of its own: prints what it takes."""
    turn = by_nnlab
    if contender != "nnlab":
        turn = lambda of, count: by_torch(of, count, channels_last=contender != "torch")  # noqa: E731
    turn(TINY, threads)()
    libraries = resident("VmRSS")
    step = turn(NETWORKS[network], threads)
    for _ in range(steps):
        step()
    print(json.dumps({"libraries": libraries, "peak": resident("VmHWM")}))


def measured(contender: str, network: str, threads: int, steps: int) -> dict[str, float]:
    """What a process of its own says."""
    environment = dict(os.environ)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[name] = str(threads)
    arguments = ["--child", contender, network, "--threads", str(threads), "--steps", str(steps)]
    command = [sys.executable, __file__, *arguments]
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    taken: dict[str, float] = json.loads(answer.stdout)
    return taken


def main() -> None:
    """Measures every network by all contenders, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=f"of {', '.join(NETWORKS)} [all]")
    parser.add_argument("--threads", type=int, default=2, help="of every contender [2]")
    parser.add_argument("--steps", type=int, default=4, help="that each takes [4]")
    parser.add_argument("--child", nargs=1, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        measure(*arguments.child, *arguments.networks, arguments.threads, arguments.steps)
        return
    print(f"{'':10}{'':21}{'libraries':>10}{'step':>8}{'all':>8}  MiB; of torch's step, all")
    for network in arguments.networks or NETWORKS:
        rows = {name: measured(name, network, arguments.threads, arguments.steps) for name in CONTENDERS}
        for name, taken in rows.items():
            above = {of: rows[of]["peak"] - rows[of]["libraries"] for of in (name, "torch")}
            ratios = f"{above[name] / above['torch']:6.2f}{taken['peak'] / rows['torch']['peak']:6.2f}"
            sizes = f"{taken['libraries']:10.0f}{above[name]:8.0f}{taken['peak']:8.0f}"
            print(f"{network:10}{name:21}{sizes}  {ratios}", flush=True)


if __name__ == "__main__":
    main()
