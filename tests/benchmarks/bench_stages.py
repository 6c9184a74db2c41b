"""What it brings `nnlab infer` that reading, preparing, computing and writing are done at once.

    python tests/benchmarks/bench_stages.py [FOLDER] [--run RUN] [--rounds 7] [--threads 1]

Pictures of a folder by a run; without one, by SmallCnn trained for an epoch on them. In every round the stages work at
once, and one after the other in one thread; wall and CPU time, medians of their ratios, and what each stage does in a
second. Not a test: it sets no limit.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", nargs="?", default="../shared/data/cats_dogs", help="pictures [../shared/data/cats_dogs]")
parser.add_argument("--run", help="a run that knows them")
parser.add_argument("--rounds", type=int, default=7, help="turns of each [7]")
parser.add_argument("--threads", type=int, default=1, help="threads of the arithmetic [1]")
arguments = parser.parse_args()
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

from nnlab.core import stages  # noqa: E402
from nnlab.data.pictures import pictures  # noqa: E402
from nnlab.experiment import infer  # noqa: E402
from nnlab.experiment.predict import run_predictor  # noqa: E402


def trained(folder: str) -> str:
    import nnlab

    where = Path(tempfile.mkdtemp()) / "runs"
    run = nnlab.train(folder, model="SmallCnn", resize=(64, 64), epochs=1, runs_dir=where, augment=())
    return str(run.folder)


def main() -> None:
    predictor = run_predictor(arguments.run or trained(arguments.folder), threads=arguments.threads)
    found = pictures([arguments.folder], "datasets")
    kinds = {"at once": stages.staged, "in turn": lambda things, parts: stages._in_turn(iter(things), parts)}
    wall: dict[str, list[float]] = {kind: [] for kind in kinds}
    cpu: dict[str, list[float]] = {kind: [] for kind in kinds}
    for turn in range(arguments.rounds):
        for kind in sorted(kinds, reverse=bool(turn % 2)):
            infer.staged = kinds[kind]  # type: ignore[assignment]
            inference = infer.Inference(predictor)
            began = time.perf_counter(), time.process_time()
            assert sum(1 for _ in inference.results(found)) == len(found)
            wall[kind].append(time.perf_counter() - began[0])
            cpu[kind].append(time.process_time() - began[1])
            print(kind, ", ".join(f"{stage.name} {stage.per_second:,.0f}/s" for stage in inference.stages))
    for name, taken in (("wall", wall), ("CPU", cpu)):
        ratio = statistics.median(a / b for a, b in zip(taken["at once"], taken["in turn"], strict=True))
        each = ", ".join(
            f"{kind} {len(found) / statistics.median(some):,.0f} pictures/s" for kind, some in taken.items()
        )
        print(f"{name}: at once takes {ratio:.2f} times what it takes in turn ({each})")


main()
