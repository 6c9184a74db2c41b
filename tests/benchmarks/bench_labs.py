"""What a study adds to its cells, and how far its estimate is from what it then takes.

    python tests/benchmarks/bench_labs.py [--dataset numbers] [--models SmallCnn,NLayers] [--epochs 8] [--repeats 2]

In turn: the plan (`--dry-run`), the study, and every cell as an ordinary `nnlab train` of its config.toml. Printed are
processor seconds of each with all their processes, and the ratios. Not a test: it sets no limit.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--dataset", default="numbers", help="name or folder [numbers]")
parser.add_argument("--models", default="SmallCnn,NLayers", help="to compare [SmallCnn,NLayers]")
parser.add_argument("--epochs", default="8", help="of each run [8]")
parser.add_argument("--repeats", default="2", help="seeds of each [2]")
parser.add_argument("--threads", default="1", help="of the arithmetic [1]")
arguments = parser.parse_args()
NNLAB = (sys.executable, "-P", "-m", "nnlab")
ROOT = Path(__file__).resolve().parents[2]


def taken(*words: str) -> tuple[float, float, str]:
    """Processor seconds and wall seconds of a command and all that it starts, and what it says."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*NNLAB, *words], capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - began, done.stdout


def main() -> None:
    """One round of each."""
    with tempfile.TemporaryDirectory() as runs:
        study = ["study", "models", arguments.dataset, f"--models={arguments.models}", f"--epochs={arguments.epochs}",
                 f"--repeats={arguments.repeats}", f"--threads={arguments.threads}", f"--runs-dir={runs}", "-q",
                 "--json"]  # fmt: skip
        plan_cpu, _, text = taken(*study, "--dry-run")
        whole = json.loads(text)["whole"]
        cpu, wall, text = taken(*study)
        document = json.loads(text)
        configs = [Path(row["run"]) / "config.toml"
                   for line in document["rows"] for row in line["runs"]]  # fmt: skip
        alone = [taken("train", f"--config={config}", f"--runs-dir={runs}", "-q") for config in configs]
    alone_cpu, alone_wall = (sum(each[place] for each in alone) for place in (0, 1))
    print(f"estimate {whole['cpu_s']:.1f} CPU s, {whole['wall_s']:.1f} s; found out in {plan_cpu:.1f} CPU s")
    print(
        f"study    {cpu:.1f} CPU s, {wall:.1f} s: {cpu / whole['cpu_s']:.2f} and {wall / whole['wall_s']:.2f} of that"
    )
    print(
        f"cells by nnlab train {alone_cpu:.1f} CPU s, {alone_wall:.1f} s: the study took {cpu / alone_cpu:.3f} of that"
    )


if __name__ == "__main__":
    main()
