"""What the checks that are on by default cost at the sizes of F14, as a share of a run's CPU time.

    python tests/benchmarks/bench_checks.py [--backend numpy] [--rounds 30] [--threads 2]

593 samples of 12,100 inputs, 100 hidden units, 10 classes, full batch, Adam, float32, 100 epochs. In every round each
contender takes one turn, so a busy machine slows all alike: a step, the same step watched for values that are not
finite, and a gradient check. A run is taken to be its 100 steps and nothing else: images, scores and figures, which a
real run has besides, would make the shares smaller. Printed are medians of CPU time over all threads. Not a test: it
sets no limit.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--backend", default="numpy", help="numpy or torch [numpy]")
parser.add_argument("--rounds", type=int, default=30, help="turns each contender takes [30]")
parser.add_argument("--threads", type=int, default=2, help="threads of BLAS and of the update [2]")
arguments = parser.parse_args()
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # read when numpy is imported
    os.environ[name] = str(arguments.threads)
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

import numpy as np  # noqa: E402

from nnlab.backends.base import BACKENDS, Engine  # noqa: E402
from nnlab.core.batch import Batch  # noqa: E402
from nnlab.core.rng import Rng  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.models.learner import Learner  # noqa: E402
from nnlab.models.n_layers import NLayers  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.optimizer import Optimizer  # noqa: E402
from nnlab.testing.batches import labelled, one_head  # noqa: E402
from nnlab.training.callbacks.gradient_checks import GradientChecks  # noqa: E402
from nnlab.training.callbacks.instability_checks import InstabilityChecks  # noqa: E402
from nnlab.training.record import Step  # noqa: E402

SAMPLES, INPUTS, UNITS, CLASSES, EPOCHS = 593, 12100, 100, 10, 100


def learner_and_batch() -> tuple[Learner, Batch]:
    """F14's network on random pixels and classes; arithmetic takes as long on any."""
    generator = Rng(0).generator()
    x = generator.random((SAMPLES, INPUTS), dtype=np.float32)
    targets = np.eye(CLASSES, dtype=np.float32)[generator.integers(0, CLASSES, SAMPLES)]
    graph = NLayers(layers=(UNITS,)).graph((INPUTS,), one_head(CLASSES)).build((INPUTS,), rng=Rng(0), dtype=np.float32)
    learner = BACKENDS.get(arguments.backend).of(
        graph, loss=CrossEntropy(), optimizer=Optimizer(Adam()), engine=Engine(device="cpu", threads=arguments.threads)
    )
    return learner, labelled(x, targets, [str(i) for i in range(SAMPLES)])


def cpu(turn: Callable[[], object]) -> float:
    """CPU milliseconds of one turn, over all threads."""
    start = time.process_time()
    turn()
    return 1e3 * (time.process_time() - start)


def main() -> None:
    """Takes the turns and prints the shares."""
    learner, batch = learner_and_batch()
    gradients, instability = GradientChecks(), InstabilityChecks()
    taken: dict[str, list[float]] = {"step": [], "watched": [], "check": []}
    for number in range(arguments.rounds + 3):
        rng = Rng(0).at("step", number)
        step = Step(
            epoch=1, epochs=EPOCHS, step=number + 1, batch_index=0, batch=batch, rng=rng, learner=learner
        )  # fmt: skip

        def watched(step: Step = step) -> None:
            instability.step_start(step)
            learner.learn(step.batch, rng=step.rng, epoch=0, epochs=EPOCHS, watch=instability.watch())

        turns: dict[str, Callable[[], object]] = {
            "step": lambda step=step: learner.learn(step.batch, rng=step.rng, epoch=0, epochs=EPOCHS),
            "watched": watched,
            "check": lambda step=step: gradients.step_start(step),
        }
        for name in sorted(turns, key=lambda name: (number, name) if number % 2 else (number, name[::-1])):
            spent = cpu(turns[name])
            if number >= 3:
                taken[name].append(spent)
    step_ms, watched_ms, check_ms = (float(np.median(taken[name])) for name in ("step", "watched", "check"))
    extra = float(np.median(np.subtract(taken["watched"], taken["step"])))
    checks = len(range(1, EPOCHS + 1, gradients.interval))
    sizes = f"{SAMPLES} x {INPUTS} float32, {UNITS} units"
    print(f"{arguments.backend}, {sizes}, {arguments.rounds} rounds, {arguments.threads} threads, CPU ms")
    print(f"a step {step_ms:.1f}, watched {watched_ms:.1f}, a gradient check {check_ms:.1f}")
    print(f"gradient checks: {checks} in {EPOCHS} epochs, {100 * checks * check_ms / (EPOCHS * step_ms):.1f}% of a run")
    print(f"instability checks: {extra:.2f} ms a step, {100 * extra / step_ms:.1f}% of a run")
    print(f"worst distance {gradients.worst_distance:.1e}, {gradients.failed} failed")


if __name__ == "__main__":
    main()
