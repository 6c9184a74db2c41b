"""Whether the range test's suggestion trains as well as the best of nine rates.

    nice -n 10 .venv/bin/python -P tests/campaigns/suggested_rates.py FOLDER [EPOCHS [SEEDS]]

Trains SmallCnn with AdamW at 32x32 on a folder of pictures with each rate and with the one that `nnlab lr` suggests,
some seeds each, and prints the mean of dev's accuracy. Exits with 1 where the suggestion is more than a point below
the best.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
SETUP = ("--model=SmallCnn", "--optimizer=AdamW", "--resize=32", "--quiet", "--json")


def nnlab(*args: str, runs: str) -> Any:
    """What a command says as JSON."""
    command = [sys.executable, "-P", "-m", "nnlab", *args, *SETUP, f"--runs-dir={runs}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def accuracy(folder: str, rate: float, epochs: int, seeds: int, runs: str) -> float:
    """The mean of dev's best accuracy, percent."""
    options = (f"--epochs={epochs}", f"--training-times={seeds}", "--gradient-checks=off", f"--learning-rate={rate:g}")
    return 100 * mean(run["dev"]["accuracy"] for run in nnlab("train", folder, *options, runs=runs)["experiments"])


def main(folder: str, epochs: int = 5, seeds: int = 1) -> int:
    """Prints a line for every rate."""
    with tempfile.TemporaryDirectory() as runs:
        suggestion = nnlab("lr", folder, f"--output={Path(runs) / 'lr.png'}", runs=runs)["suggestion"]
        found = {rate: accuracy(folder, rate, epochs, seeds, runs) for rate in RATES}
        own = accuracy(folder, suggestion, epochs, seeds, runs)
    for rate, share in found.items():
        print(f"{rate:8.2g}  {share:5.1f}%")
    best = max(found.values())
    print(f"{suggestion:8.2g}  {own:5.1f}%  suggested; the best of {len(RATES)}: {best:.1f}%")
    return int(own < best - 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:4])))
