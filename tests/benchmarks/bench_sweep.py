"""What a sweep adds to its trials, by their number; and what two workers make of it.

    python tests/benchmarks/bench_sweep.py [--trials 1,3,10,30,100] [--rounds 3] [--output docs/images/sweep-cost.png]

A trial is a training of NLayers on `numbers` at 16x16, two epochs, one thread, as `nnlab sweep` has it done: a process
of its own. The first table is of one worker. The overhead is what the command and all its processes took beyond what
trials say they took themselves: the starts of their processes, the plan, table and page. It is given on the wall and of
the processor, which is nearly the same on a busy machine. The second is of 12 trials with one worker and with two, in
turn, so many rounds. Not a test: it sets no limit.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

BASE = ("train --dataset=numbers --model=NLayers --layers=16 --resize=16 --epochs=2 --threads=1 --disk-cache"
        " --gradient-checks=off --runs-dir={runs}")  # fmt: skip

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--trials", default="1,3,10,30,100", help="numbers of trials [1,3,10,30,100]")
parser.add_argument("--rounds", type=int, default=3, help="of one worker against two [3]")
parser.add_argument("--output", help="a picture of the first table")
arguments = parser.parse_args()


@dataclass(frozen=True)
class Took:
    """Seconds of a sweep and of its trials together, on the wall and of the processor."""

    wall: float
    cpu: float
    trials_wall: float
    trials_cpu: float

    @property
    def over_wall(self) -> float:
        """What is not the trials' own, on the wall."""
        return self.wall - self.trials_wall

    @property
    def over_cpu(self) -> float:
        """The same of the processor."""
        return self.cpu - self.trials_cpu


def swept(trials: int, workers: int) -> Took:
    """One sweep, the pictures prepared before."""
    with tempfile.TemporaryDirectory() as home:
        plan = Path(home) / "plan.toml"
        rates = [round(0.0005 * (1 + number), 6) for number in range(trials)]
        plan.write_text(f'base = "{BASE.format(runs=Path(home) / "runs")}"\n[grid]\nlearning_rate = {rates}\n')
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, "-P", "-m", "nnlab", "sweep", str(plan), f"--workers={workers}", "-q"]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        (found,) = Path(home).glob("runs/*/rows.jsonl")
        rows = [json.loads(line) for line in found.read_text().splitlines()]
        return Took(wall, cpu, sum(row["wall_s"] for row in rows), sum(row["cpu_s"] for row in rows))


HEAD = "trials   command s   CPU s   trials say s   CPU s   overhead of a trial s   CPU s"


def main() -> None:
    """Both tables, and the first as a picture."""
    swept(1, 1)
    print(HEAD)
    found = {}
    for trials in map(int, arguments.trials.split(",")):
        took = found[trials] = swept(trials, 1)
        print(
            f"{trials:6} {took.wall:11.1f} {took.cpu:7.1f} {took.trials_wall:14.1f} {took.trials_cpu:7.1f}"
            f" {took.over_wall / trials:23.2f} {took.over_cpu / trials:7.2f}",
            flush=True,
        )
    if arguments.output:
        draw({trials: (took.cpu, took.over_cpu / trials) for trials, took in found.items()}, arguments.output)
    rounds = [(swept(12, 1).wall, swept(12, 2).wall) for _ in range(arguments.rounds)]
    if rounds:
        one, two = (statistics.median(each) for each in zip(*rounds, strict=True))
        ratio = statistics.median(b / a for a, b in rounds)
        print(f"12 trials: {one:.1f} s with one worker, {two:.1f} s with two: {ratio:.2f}, medians of {len(rounds)}")


def draw(found: dict[int, tuple[float, float]], path: str) -> None:
    """Processor seconds of a sweep, and its overhead of a trial, over the number of its trials."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, (whole, each) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for axes, place, name in ((whole, 0, "of the sweep"), (each, 1, "of a trial, beyond its own")):
        axes.plot(list(found), [took[place] for took in found.values()], "o-", color="#0072B2")
        axes.set(xscale="log", ylim=(0, None), xlabel="trials", ylabel=f"CPU seconds {name}")
        axes.set_xticks(list(found), [str(trials) for trials in found])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
