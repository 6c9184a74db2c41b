"""Single operators of the hand-written ONNX engine against onnxruntime, which once took many times its time.

    python tests/benchmarks/bench_onnx_operators.py [--rounds=9]

Both run on one thread, in turns; medians of the process's processor time are printed, and their ratio.
"""

import argparse
import itertools
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np
import onnxruntime
from onnx import parser

from nnlab.kernels.threads import at_most_threads
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import checked

RNG = np.random.default_rng(0)
Case = tuple[str, Any, dict[str, Any]]


def graph(signature: str, nodes: str) -> Any:
    """A model of these nodes."""
    return parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> g {signature} {{ {nodes} }}')


def suppression(classes: int, boxes: int) -> Case:
    """NonMaxSuppression of boxes by chance."""
    signature = "(float[N, K, 4] b, float[N, C, K] s, int64[1] m, float[1] i, float[1] t) => (int64[P, 3] y)"
    middle, size = RNG.random((1, boxes, 2)) * 640, RNG.random((1, boxes, 2)) * 100 + 5
    corners = np.concatenate([middle - size / 2, middle + size / 2], -1)
    given = {"b": corners, "s": RNG.random((1, classes, boxes)) ** 8, "i": np.array([0.45]), "t": np.array([0.25])}
    inputs: dict[str, Any] = {name: value.astype(np.float32) for name, value in given.items()}
    inputs["m"] = np.array([100])
    return f"NonMaxSuppression {classes} x {boxes}", graph(signature, "y = NonMaxSuppression (b, s, m, i, t)"), inputs


def convolution(what: str, x: tuple[int, ...], w: tuple[int, ...], attributes: str) -> Case:
    """Conv with weights by chance."""
    model = graph(
        "(float[N, C, H, W] x, float[M, D, A, B] w) => (float[N, M, P, Q] y)", f"y = Conv <{attributes}> (x, w)"
    )
    return what, model, {"x": RNG.random(x).astype(np.float32), "w": RNG.random(w).astype(np.float32)}


def halves(operator: str, count: int) -> Case:
    """So many of an operator after each other, in float16."""
    inputs = "{0}, x" if operator == "Add" else "{0}"
    names = ["x", *(f"a{place}" for place in range(1, count)), "y"]
    nodes = [f"{b} = {operator} ({inputs.format(a)})" for a, b in itertools.pairwise(names)]
    model = graph("(float16[N, C, H, W] x) => (float16[N, C, H, W] y)", "  ".join(nodes))
    return f"float16 {operator} x {count}", model, {"x": (RNG.random((1, 64, 56, 56)) / 2).astype(np.float16)}


def cases() -> Iterator[Case]:
    """All that are timed."""
    yield suppression(80, 8400)
    yield suppression(1, 8400)
    for dilation in (1, 6, 12, 18, 36):
        how = f"dilations = [{dilation}, {dilation}], pads = [{', '.join([str(dilation)] * 4)}]"
        yield convolution(f"Conv 64 at 33, dilation {dilation}", (1, 64, 33, 33), (64, 64, 3, 3), how)
    for channels, size in ((32, 112), (144, 56), (384, 14), (960, 7)):
        how = f"group = {channels}, pads = [1, 1, 1, 1]"
        yield convolution(f"depthwise {channels} at {size}", (1, channels, size, size), (channels, 1, 3, 3), how)
    for operator, count in (("Add", 1), ("Add", 10), ("Sigmoid", 1), ("Sigmoid", 10), ("Erf", 1)):
        yield halves(operator, count)


def compare(case: Case, rounds: int) -> None:
    """Prints one line."""
    what, model, inputs = case
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    own = NumpyModel(checked(model))
    runs = {"nnlab": lambda: own.run(inputs), "onnxruntime": lambda: session.run(None, inputs)}
    found: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            start = time.process_time()
            run()
            if turn:  # the first lays out what depends on shapes
                found[name].append(1000 * (time.process_time() - start))
    ours, theirs = median(found["nnlab"]), median(found["onnxruntime"])
    print(f"{what:34} {ours:9.2f} ms {theirs:9.2f} ms {ours / theirs:6.1f} x onnxruntime's time", flush=True)


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=9)
    rounds = asked.parse_args().rounds
    with at_most_threads(1):
        for case in cases():
            compare(case, rounds)


if __name__ == "__main__":
    main()
