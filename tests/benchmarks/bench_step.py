"""One training step at the sizes of F14, against the products it cannot avoid, against scikit-learn and torch.

    python tests/benchmarks/bench_step.py [--rounds 40] [--threads 2]

593 samples of 12,100 inputs, 100 hidden units, 10 classes, full batch, Adam, float32. In every round each contender
takes one turn, so a busy machine slows all of them alike; a turn is one step that does not count, after a pause in
which the threads of the contender before stop spinning (torch's take 15 ms), and two that do. Printed are medians of
wall time and of CPU time (over all threads), their ratios, and against torch how far the ratio varies from round to
round: on a machine that does something else too, torch waits longer for its second thread than NumPy does.

The contenders:
  products    x W and xT dy of the first layer, written to arrays that are there already
  nnlab       a NumpyLearner's step: NLayers with BatchNorm, which scikit-learn's network does not have
  plain       a NumpyLearner's step without BatchNorm: the same network as scikit-learn's
  sklearn     scikit-learn's MLPClassifier (relu, adam, alpha 0, no shuffling), one epoch on one full batch
  torch       a plain loop over the same network as nnlab's, with torch's default Adam
  fused       the same with fused Adam, torch's fastest
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
from nnlab.__main__ import IDLE_SPIN  # noqa: E402

os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", IDLE_SPIN)  # as the nnlab command has it
import numpy as np  # noqa: E402

from nnlab.backends.numpy.learner import NumpyLearner  # noqa: E402
from nnlab.core.batch import Batch  # noqa: E402
from nnlab.core.heads import OUTPUT  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.core.truths import labels_of  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.models.n_layers import NLayers  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.optimizer import Optimizer  # noqa: E402
from nnlab.testing.batches import labelled, one_head  # noqa: E402

SAMPLES, INPUTS, UNITS, CLASSES = 593, 12100, 100, 10

PAUSE_SECONDS = 0.03  # before a turn
COUNTED = 2  # steps of a turn
WARM_UP = 3  # rounds that do not count

Turn = Callable[[], object]
Seconds = dict[str, np.ndarray]  # of each contender, by round


def data() -> Batch:
    """Random pixels and classes; arithmetic takes as long on any."""
    generator = Rng(0).generator()
    x = generator.random((SAMPLES, INPUTS), dtype=np.float32)
    targets = np.eye(CLASSES, dtype=np.float32)[generator.integers(0, CLASSES, SAMPLES)]
    return labelled(x, targets, [str(i) for i in range(SAMPLES)])


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
    graph = model.graph((INPUTS,), one_head(CLASSES)).build((INPUTS,), rng=Rng(0), dtype=np.float32)
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
        classifier.fit(batch.inputs, labels_of(batch.truths))
    assert all(weight.dtype == np.float32 for weight in classifier.coefs_)
    targets = batch.targets[OUTPUT].value.astype(bool)
    weights, shifts = classifier.coefs_, classifier.intercepts_
    weight_grads, shift_grads = [np.empty_like(w) for w in weights], [np.empty_like(b) for b in shifts]

    def turn() -> None:
        activations = [batch.inputs, None, None]
        classifier._backprop(batch.inputs, targets, None, activations, [None, None], weight_grads, shift_grads)
        classifier._optimizer.update_params(weights + shifts, weight_grads + shift_grads)

    return turn


def torch_loop(batch: Batch, *, fused: bool) -> Turn | None:
    """A step of a loop that anybody would write; None where there is no torch."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(arguments.threads)
    network = torch.nn.Sequential(
        torch.nn.Linear(INPUTS, UNITS, bias=False),
        torch.nn.BatchNorm1d(UNITS),
        torch.nn.LeakyReLU(),
        torch.nn.Linear(UNITS, CLASSES, bias=False),
        torch.nn.BatchNorm1d(CLASSES),
    )
    adam = torch.optim.Adam(network.parameters(), fused=True if fused else None)
    x, targets = torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets[OUTPUT].value)

    def turn() -> object:
        adam.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(x), targets)
        loss.backward()
        adam.step()
        return loss.item()

    return turn


def timed(turns: dict[str, Turn], rounds: int) -> tuple[Seconds, Seconds]:
    """Wall and CPU seconds of a step, one turn each per round."""
    wall: dict[str, list[float]] = {name: [] for name in turns}
    cpu: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds + WARM_UP):
        for name, turn in turns.items():
            time.sleep(PAUSE_SECONDS)
            turn()
            start, cpu_start = time.perf_counter(), time.process_time()
            for _ in range(COUNTED):
                turn()
            if number >= WARM_UP:
                wall[name].append((time.perf_counter() - start) / COUNTED)
                cpu[name].append((time.process_time() - cpu_start) / COUNTED)
    return {n: np.array(wall[n]) for n in turns}, {n: np.array(cpu[n]) for n in turns}


def against_torch(wall: Seconds, cpu: Seconds) -> None:
    """Prints nnlab's step divided by torch's: of the medians, and the middle half of the rounds."""
    for name, what in (("torch", "torch's default Adam"), ("fused", "torch's fused Adam")):
        if name not in wall:
            print(f"no ratio against {what}: torch is not installed")
            continue
        low, high = np.quantile(wall["nnlab"] / wall[name], [0.25, 0.75])
        ratio, cpu_ratio = (float(np.median(by["nnlab"]) / np.median(by[name])) for by in (wall, cpu))
        print(
            f"nnlab takes {ratio:.2f} times as long as {what} (CPU {cpu_ratio:.2f} times), "
            f"half of the rounds {low:.2f} to {high:.2f}"
        )


def main() -> None:
    """Takes the turns and prints the table."""
    batch = data()
    step, learner = nnlab(batch, NLayers(layers=(UNITS,)))
    plain, _ = nnlab(batch, NLayers(layers=(UNITS,), batch_norm=False, activation="ReLU"))
    turns = {"products": products(batch), "nnlab": step, "plain": plain, "sklearn": sklearn(batch)}
    loops = {"torch": torch_loop(batch, fused=False), "fused": torch_loop(batch, fused=True)}
    turns |= {name: loop for name, loop in loops.items() if loop is not None}
    wall_seconds, cpu_seconds = timed(turns, arguments.rounds)
    taken = {name: tuple(1e3 * float(np.median(by[name])) for by in (wall_seconds, cpu_seconds)) for name in turns}
    print(f"{SAMPLES} x {INPUTS} float32, {UNITS} units, {arguments.rounds} rounds, {arguments.threads} threads")
    print(f"{'':10}{'wall ms':>9}{'CPU ms':>9}{'wall / products':>17}{'CPU / products':>16}")
    for name, (wall, cpu) in taken.items():
        ratios = f"{wall / taken['products'][0]:17.2f}{cpu / taken['products'][1]:16.2f}"
        print(f"{name:10}{wall:9.1f}{cpu:9.1f}{ratios}")
    faster = [taken["sklearn"][i] / taken["plain"][i] for i in (0, 1)]
    with_norm = [taken["sklearn"][i] / taken["nnlab"][i] for i in (0, 1)]
    print(f"scikit-learn takes {faster[0]:.2f} times as long as the same network (CPU {faster[1]:.2f} times),")
    print(f"and {with_norm[0]:.2f} times as long as the one with BatchNorm (CPU {with_norm[1]:.2f} times)")
    against_torch(wall_seconds, cpu_seconds)
    phases = learner.learn(batch, rng=Rng(0), epoch=0, epochs=1).seconds
    print("nnlab's phases in one step, ms: " + ", ".join(f"{name} {1e3 * taken:.1f}" for name, taken in phases.items()))
    print(
        f"memory that its steps borrow: {learner.borrowed_mb:.1f} MiB, the batch has {batch.inputs.nbytes / 2**20:.1f}"
    )


if __name__ == "__main__":
    main()
