"""Training on the default number of threads against one thread, alone and with busy processes beside it.

    python tests/benchmarks/bench_threads.py [--busy 2] [--rounds 5] [--epochs 10]

Small products: one layer of 100 units on the digits that ship, 32x32 grey, minibatches of 64. In every round each
contender trains once, as a process of its own; printed are the medians of the seconds that its training phases took
(summary.json), its processor seconds, and their ratios. The busy processes do nothing but count.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TRAINING = (
    "--dataset=numbers", "--prepare=none", "--grayscale", "--resize=32,32", "--model=NLayers", "--layers=100",
    "--optimizer=Adam", "--max-minibatch-size=64", "--gradient-checks=off", "--json", "--quiet",
)  # fmt: skip
CONTENDERS = {"default threads": (), "one thread": ("--threads=1",)}


def measured(arguments: tuple[str, ...], folder: str) -> tuple[float, float]:
    """Wall seconds of the training phases, and processor seconds of the whole process."""
    command = [sys.executable, "-m", "nnlab", "train", *TRAINING, *arguments]
    environment = {**os.environ, "NNLAB_CACHE_DIR": f"{folder}/cache"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    phases = json.loads(said)["experiments"][0]["phases_s"]
    return sum(phases[name] for name in ("forward", "backward", "update")), usage.ru_utime + usage.ru_stime


def main() -> None:
    """Interleaves the contenders and prints their medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", type=int, default=2, help="busy processes beside [2]")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.busy)]
    try:
        rows: dict[str, list[tuple[float, float]]] = {name: [] for name in CONTENDERS}
        with tempfile.TemporaryDirectory() as folder:
            more = (f"--datasets-path={REPOSITORY / 'datasets'}", f"--epochs={options.epochs}")
            measured((*more, "--threads=1"), folder)  # fills the cache
            for _ in range(options.rounds):
                for name, arguments in CONTENDERS.items():
                    rows[name].append(measured((*more, *arguments), folder))
    finally:
        for process in busy:
            process.kill()
    print(f"{options.epochs} epochs, medians of {options.rounds} rounds, {options.busy} busy processes beside")
    print(f"load average before: {os.getloadavg()[2]:.1f} over 15 minutes")
    wall, cpu = ({n: statistics.median(r[i] for r in rows[n]) for n in rows} for i in (0, 1))
    for name in rows:
        print(f"{name:<16} {wall[name]:>7.2f} s training   {cpu[name]:>7.2f} CPU s")
    first, second = rows
    print(f"{first} / {second}: {wall[first] / wall[second]:.2f} (CPU {cpu[first] / cpu[second]:.2f})")


if __name__ == "__main__":
    main()
