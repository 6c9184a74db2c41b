"""The reference's benchmark, F14: 847 images to 12,100 inputs, 100 units, Adam, full batch, 100 epochs.

Runs `nnlab train` as whole processes, start, preparation and figures included, alternately with an empty and a filled
cache, and prints CPU seconds and peak memory beside what the reference was measured to need on like machines
(257 CPU-seconds, 644 MiB).

    python tests/benchmarks/bench_f14.py [--rounds 3] [--data-loader Vips]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
REFERENCE_CPU_S, REFERENCE_MIB = 257, 644
F14 = (
    "--dataset=numbers", "--prepare=none", "--grayscale", "--minmax-normalize", "--trim", "--adaptive-invert",
    "--resize=110,110", "--model=NLayers", "--layers=100", "--optimizer=Adam", "--epochs=100",
)  # fmt: skip


def measured(arguments: list[str], folder: Path, cache: Path) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak MiB of one whole `nnlab train`."""
    command = [sys.executable, "-m", "nnlab", "train", *arguments, "--quiet"]
    environment = {**os.environ, "NNLAB_CACHE_DIR": str(cache)}
    began = os.times()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, os.times().elapsed - began.elapsed, usage.ru_maxrss / 1024


def main() -> None:
    """Interleaves cold and warm runs and prints their medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data-loader", default="Vips")
    options = parser.parse_args()
    arguments = [*F14, f"--datasets-path={REPOSITORY / 'datasets'}", f"--data-loader={options.data_loader}"]
    rows: dict[str, list[tuple[float, float, float]]] = {"empty cache": [], "filled cache": []}
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            for runs in rows.values():  # the first fills the cache that the second finds
                runs.append(measured(arguments, Path(folder), Path(folder) / "cache"))
    print(f"F14 with {options.data_loader}, medians of {options.rounds} rounds; the reference: 257 CPU-s, 644 MiB")
    print(f"{'':<13} {'CPU s':>7} {'wall s':>7} {'MiB':>5}   {'CPU / reference':>15} {'memory / reference':>19}")
    for name, runs in rows.items():
        cpu, wall, mib = (statistics.median(column) for column in zip(*runs, strict=True))
        shares = f"{cpu / REFERENCE_CPU_S:>15.1%} {mib / REFERENCE_MIB:>19.1%}"
        print(f"{name:<13} {cpu:>7.2f} {wall:>7.2f} {mib:>5.0f}   {shares}")


if __name__ == "__main__":
    main()
