"""The hand-written ONNX engine against onnx's reference evaluator and onnxruntime: batch 1, two threads, and memory.

    python tests/benchmarks/bench_onnx.py [--rounds=5] [--no-reference] [MODEL ...]

Engines take turns, one run each a round, so that a busy machine slows all of them; medians are printed, of wall time
and of the process's processor time. The reference evaluator runs in the first two rounds only: it takes half a minute
for u2netp. Memory is the largest that a process held which ran the model once, in all and less what it held before it
read the model.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "onnx"
MODELS = (
    *("mnist-8", "mnist-convnet-avgpool", "mnist-convnet-maxpool", "mnist-fc-256x2", "cifar-deep-kw"),
    *("cifar-resnet-2b", "squeezenet", "fastestdet", "u2netp"),
)
ENGINES = ("nnlab", "onnxruntime", "reference")
THREADS, REFERENCE_ROUNDS = 2, 2
SHORT_SECONDS = 0.05
"""Runs of less than this are repeated within a round."""

PAUSE_SECONDS = 0.05
"""Before an engine's turn: onnxruntime's threads spin for a while after a run, at the cost of who comes next."""


def runner(engine: str, path: Path) -> Callable[[Any], Any]:
    """What runs the model once."""
    if engine == "nnlab":
        from nnlab.onnx.engine.execute import NumpyModel
        from nnlab.onnx.file.read import read_model

        model = NumpyModel(read_model(path))
        return model.run
    if engine == "onnxruntime":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return lambda inputs: session.run(None, inputs)
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(str(path))
    return lambda inputs: evaluator.run(None, inputs)


def inputs_of(path: Path) -> dict[str, Any]:
    """Numbers by chance for the model's one input; sizes that are left open are 1."""
    import onnx

    graph = onnx.load(path).graph
    stored = {tensor.name for tensor in graph.initializer}
    (value,) = [value for value in graph.input if value.name not in stored]
    tensor = value.type.tensor_type
    shape = [size.dim_value or 1 for size in tensor.shape.dim]
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    return {value.name: np.random.default_rng(0).random(shape).astype(dtype)}


def timed(run: Callable[[Any], Any], inputs: Any) -> tuple[float, float]:
    """Milliseconds of one run: of the wall clock, and of the processor for this process."""
    times, count = (time.perf_counter(), time.process_time()), 0
    while not count or time.perf_counter() - times[0] < SHORT_SECONDS:
        run(inputs)
        count += 1
    return 1000 * (time.perf_counter() - times[0]) / count, 1000 * (time.process_time() - times[1]) / count


def held(engine: str, path: Path) -> tuple[float, float]:
    """MiB that a process held at most which ran the model once: in all, and beyond what it held before."""
    lines = subprocess.run(
        [sys.executable, __file__, f"--held={engine}", str(path)], check=True, capture_output=True, text=True
    ).stdout.split()
    return float(lines[-1]), float(lines[-1]) - float(lines[-2])


def say_held(engine: str, path: Path) -> None:
    """Runs the model once and prints the most that this process held before and after (VmHWM), MiB."""

    def most() -> float:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    inputs = inputs_of(path)
    if engine == "nnlab":
        import nnlab.onnx.engine.execute
        import nnlab.onnx.file.read  # noqa: F401
    elif engine == "onnxruntime":
        import onnxruntime  # noqa: F401
    before = most()
    runner(engine, path)(inputs)
    print(before, most())


def compare(path: Path, engines: list[str], rounds: int) -> None:
    """Prints one line of times and ratios."""
    inputs = inputs_of(path)
    runs = {engine: runner(engine, path) for engine in engines}
    found: dict[str, list[tuple[float, float]]] = {engine: [] for engine in engines}
    for engine, run in runs.items():
        if engine != "reference":
            run(inputs)  # the first run lays out what depends on shapes
    for turn in range(rounds):
        for engine, run in runs.items():
            if engine != "reference" or turn < REFERENCE_ROUNDS:
                time.sleep(PAUSE_SECONDS)
                found[engine].append(timed(run, inputs))
    wall, cpu = ({engine: median(t[place] for t in times) for engine, times in found.items()} for place in (0, 1))
    line = f"{path.stem:24}" + "".join(f"{wall[e]:10.2f} ({cpu[e]:8.2f})" for e in engines)
    if "onnxruntime" in engines:
        ratio = (wall["nnlab"] / wall["onnxruntime"], cpu["nnlab"] / cpu["onnxruntime"])
        line += f"  {ratio[0]:5.1f} ({ratio[1]:4.1f}) x onnxruntime's time"
    if "reference" in engines:
        line += (
            f"  {wall['reference'] / wall['nnlab']:6.1f} ({cpu['reference'] / cpu['nnlab']:6.1f}) x reference's speed"
        )
    print(line, flush=True)


def installed(module: str) -> bool:
    """Whether a module can be imported."""
    from importlib.util import find_spec

    return find_spec(module) is not None


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=MODELS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-reference", action="store_true")
    parser.add_argument("--held", choices=ENGINES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.held:
        say_held(asked.held, Path(asked.models[0]))
        return
    engines = ["nnlab", *(["onnxruntime"] if installed("onnxruntime") else [])]
    timing = engines + ([] if asked.no_reference else ["reference"])
    print(f"milliseconds a run, wall (processor), medians of {asked.rounds} rounds: {', '.join(timing)}")
    paths = [DATA / name / f"{name}.onnx" for name in asked.models]
    for path in paths:
        compare(path, timing, asked.rounds)
    print("MiB held at most, in all (beyond what was held before the model):")
    for path in paths:
        most = {engine: held(engine, path) for engine in engines}
        print(f"{path.stem:24}" + "".join(f"  {engine} {a:7.0f} ({b:6.0f})" for engine, (a, b) in most.items()))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
    main()
