"""What an update costs: the optimizer's chunks against the formula as one would type it, in the same run.

    python tests/benchmarks/bench_optimizers.py

Prints, per rule, nanoseconds per parameter with one thread and with two, and how many times as long the plain NumPy
lines take: median CPU time over all threads, and the shortest wall time. The rounds interleave, so a busy machine slows
all alike. Not a test: it sets no limit.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

import numpy as np

from nnlab.core.parameter import Parameter
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.optimizers.optimizer import Optimizer

SHAPE = (12_100, 100)
"""The weights of F14's first layer: 110 x 110 grey pixels to 100 units."""

ROUNDS = 40


def plain(name, w, g, slots):
    """One update as it is written in a textbook: a temporary per operation."""
    if name in ("Constant", "ExponentialDecay"):
        w -= 0.001 * g
    elif name == "Momentum":
        slots[0] = 0.9 * slots[0] + g
        w -= 0.001 * slots[0]
    elif name == "RMSProp":
        slots[0] = 0.9 * slots[0] + 0.1 * g**2
        w -= 0.001 * g / (np.sqrt(slots[0]) + 1e-8)
    else:
        slots[0] = 0.9 * slots[0] + 0.1 * g
        slots[1] = 0.999 * slots[1] + 0.001 * g**2
        w -= 0.001 * (slots[0] / (1 - 0.9**5)) / (np.sqrt(slots[1] / (1 - 0.999**5)) + 1e-8)


def contenders(rule):
    """Three ways to make the same update, each on memory of its own."""
    generator = np.random.default_rng(0)
    g = generator.standard_normal(SHAPE, dtype=np.float32)

    def optimizer(threads):
        made = Optimizer(rule(), threads=threads)
        parameter = Parameter("w", generator.standard_normal(SHAPE, dtype=np.float32))
        parameter.add(g)
        return lambda: made.step([parameter], epoch=0, epochs=1)

    w = generator.standard_normal(SHAPE, dtype=np.float32)
    slots = [np.zeros_like(w) for _ in rule.slots]
    return {"plain": lambda: plain(rule.__name__, w, g, slots), "one": optimizer(1), "two": optimizer(2)}


def main():
    count = SHAPE[0] * SHAPE[1]
    print(f"{count:,} float32 parameters, {ROUNDS} rounds, ns per parameter (times the plain lines)")
    print(f"{'rule':<18}{'':<6}{'plain':>8}{'one thread':>18}{'two threads':>18}")
    for rule in OPTIMIZERS:
        wall, cpu = ({name: [] for name in ("plain", "one", "two")} for _ in range(2))
        ways = contenders(rule)
        for _ in range(ROUNDS + 2):
            for name, update in ways.items():
                start, cpu_start = time.perf_counter(), time.process_time()
                update()
                wall[name].append(time.perf_counter() - start)
                cpu[name].append(time.process_time() - cpu_start)
        for label, seconds, summary in (("CPU", cpu, statistics.median), ("wall", wall, min)):
            ns = {name: summary(taken[2:]) / count * 1e9 for name, taken in seconds.items()}
            cells = "".join(f"{ns[name]:>8.2f} ({ns['plain'] / ns[name]:>4.1f} x)" for name in ("one", "two"))
            print(f"{rule.__name__:<18}{label:<6}{ns['plain']:>8.2f}{cells}")


if __name__ == "__main__":
    main()
