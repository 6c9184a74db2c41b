"""One training step at the sizes of F14, against the two matrix products it cannot avoid and against scikit-learn.

    python tests/benchmarks/bench_step.py [--rounds 40] [--threads 2]

593 samples of 12,100 inputs, 100 hidden units, 10 classes, full batch, Adam, float32. In every round each contender
takes one turn, so a busy machine slows all of them alike. Printed are medians of wall time and of CPU time (over all
threads), and their ratios.

The contenders:
  products    x W and xT dy of the first layer, written to arrays that are there already
  nnlab       a NumpyLearner's step: NLayers with BatchNorm, which scikit-learn's network does not have
  plain       a NumpyLearner's step without BatchNorm: the same network as scikit-learn's
  sklearn     scikit-learn's MLPClassifier (relu, adam, alpha 0, no shuffling), one epoch on one full batch
"""

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rounds", type=int, default=40, help="turns each contender takes [40]")
parser.add_argument("--threads", type=int, default=2, help="threads of BLAS and of the update [2]")
arguments = parser.parse_args()
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # read when numpy is imported
    os.environ[name] = str(arguments.threads)
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

import numpy as np  # noqa: E402

from nnlab.backends.numpy.learner import NumpyLearner  # noqa: E402
from nnlab.core.batch import Batch  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.models.n_layers import NLayers  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.optimizer import Optimizer  # noqa: E402

SAMPLES, INPUTS, UNITS, CLASSES = 593, 12100, 100, 10

Turn = Callable[[], object]


def data() -> Batch:
    """Random pixels and classes; arithmetic takes as long on any."""
    generator = Rng(0).generator()
    x = generator.random((SAMPLES, INPUTS), dtype=np.float32)
    targets = np.eye(CLASSES, dtype=np.float32)[generator.integers(0, CLASSES, SAMPLES)]
    return Batch(x, targets, [str(i) for i in range(SAMPLES)])


def products(batch: Batch) -> Turn:
    """The two products that no implementation of the step can do without."""
    generator = Rng(1).generator()
    x, weight = batch.inputs, generator.random((INPUTS, UNITS), dtype=np.float32)
    dy = generator.random((SAMPLES, UNITS), dtype=np.float32)
    y, dweight = np.empty_like(dy), np.empty_like(weight)

    def turn() -> None:
        np.matmul(x, weight, out=y)
        np.matmul(x.T, dy, out=dweight)

    return turn


def nnlab(batch: Batch, model: NLayers) -> tuple[Turn, NumpyLearner]:
    """A learner's step."""
    graph = model.graph((INPUTS,), CLASSES).build((INPUTS,), rng=Rng(0), dtype=np.float32)
    learner = NumpyLearner(graph, loss=CrossEntropy(), optimizer=Optimizer(Adam()), threads=arguments.threads)
    return lambda: learner.learn(batch, rng=Rng(0), epoch=0, epochs=1), learner


def sklearn(batch: Batch) -> Turn:
    """What an epoch of MLPClassifier consists of when the whole set is one batch: `_backprop` and `update_params`.

    Its input checks run once per call of `fit`, not once per epoch, so they are left out. The data's float32 is kept.
    """
    from sklearn.neural_network import MLPClassifier

    classifier = MLPClassifier((UNITS,), alpha=0, batch_size=SAMPLES, max_iter=1, shuffle=False, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that one epoch has not converged
        classifier.fit(batch.inputs, batch.targets.argmax(axis=1))
    assert all(weight.dtype == np.float32 for weight in classifier.coefs_)
    targets = batch.targets.astype(bool)
    weights, shifts = classifier.coefs_, classifier.intercepts_
    weight_grads, shift_grads = [np.empty_like(w) for w in weights], [np.empty_like(b) for b in shifts]

    def turn() -> None:
        activations = [batch.inputs, None, None]
        classifier._backprop(batch.inputs, targets, None, activations, [None, None], weight_grads, shift_grads)
        classifier._optimizer.update_params(weights + shifts, weight_grads + shift_grads)

    return turn


def timed(turns: dict[str, Turn], rounds: int) -> dict[str, tuple[float, float]]:
    """Median wall and CPU milliseconds of each, one turn each per round, the first rounds left out."""
    wall: dict[str, list[float]] = {name: [] for name in turns}
    cpu: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds + 3):
        for name, turn in turns.items():
            start, cpu_start = time.perf_counter(), time.process_time()
            turn()
            if number >= 3:
                wall[name].append(time.perf_counter() - start)
                cpu[name].append(time.process_time() - cpu_start)
    return {name: (1e3 * float(np.median(wall[name])), 1e3 * float(np.median(cpu[name]))) for name in turns}


def main() -> None:
    """Takes the turns and prints the table."""
    batch = data()
    step, learner = nnlab(batch, NLayers(layers=(UNITS,)))
    plain, _ = nnlab(batch, NLayers(layers=(UNITS,), batch_norm=False, activation="ReLU"))
    turns = {"products": products(batch), "nnlab": step, "plain": plain, "sklearn": sklearn(batch)}
    taken = timed(turns, arguments.rounds)
    print(f"{SAMPLES} x {INPUTS} float32, {UNITS} units, {arguments.rounds} rounds, {arguments.threads} threads")
    print(f"{'':10}{'wall ms':>9}{'CPU ms':>9}{'wall / products':>17}{'CPU / products':>16}")
    for name, (wall, cpu) in taken.items():
        ratios = f"{wall / taken['products'][0]:17.2f}{cpu / taken['products'][1]:16.2f}"
        print(f"{name:10}{wall:9.1f}{cpu:9.1f}{ratios}")
    faster = [taken["sklearn"][i] / taken["plain"][i] for i in (0, 1)]
    with_norm = [taken["sklearn"][i] / taken["nnlab"][i] for i in (0, 1)]
    print(f"scikit-learn takes {faster[0]:.2f} times as long as the same network (CPU {faster[1]:.2f} times),")
    print(f"and {with_norm[0]:.2f} times as long as the one with BatchNorm (CPU {with_norm[1]:.2f} times)")
    phases = learner.learn(batch, rng=Rng(0), epoch=0, epochs=1).seconds
    print("nnlab's phases in one step, ms: " + ", ".join(f"{name} {1e3 * taken:.1f}" for name, taken in phases.items()))
    print(
        f"memory that its steps borrow: {learner.borrowed_mb:.1f} MiB, the batch has {batch.inputs.nbytes / 2**20:.1f}"
    )


if __name__ == "__main__":
    main()
