"""How long one picture takes: `nnlab infer` from a cold start, and a request to `nnlab serve`.

    python tests/benchmarks/bench_serve.py [--requests 200] [--starts 7] [--size 64]

A SmallCnn and an NLayers are trained for an epoch on the drawn set `colors`. Starts of `nnlab infer` take turns with an
interpreter that imports NumPy alone: medians of wall and of processor time, and their ratio. Requests go over one
connection that stays open, POST /predict in turns with GET /health, which is what HTTP itself takes; the last column is
the network alone. Where other processes take the cores, processor time says what is asked of them. Sets no limit.
"""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--requests", type=int, default=200, help="requests of each kind [200]")
parser.add_argument("--starts", type=int, default=7, help="starts of each kind [7]")
parser.add_argument("--size", type=int, default=64, help="width and height that the networks are given [64]")
arguments = parser.parse_args()
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # this checkout, installed or not

from nnlab.cli.main import main  # noqa: E402
from nnlab.experiment.predict import run_predictor  # noqa: E402
from nnlab.kernels.threads import one_blas_thread  # noqa: E402
from nnlab.serving.predictions import Predictions  # noqa: E402
from nnlab.serving.server import Server  # noqa: E402

PICTURE = sorted((ROOT / "datasets" / "colors").rglob("*.png"))[0]
MODELS = ("SmallCnn", "NLayers")


def measured(work: Callable[[], object], clock: Callable[[], float]) -> tuple[float, float]:
    """Seconds on the wall and of the processor."""
    wall, cpu = time.perf_counter(), clock()
    work()
    return time.perf_counter() - wall, clock() - cpu


def of_children() -> float:
    """Processor time of processes that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def medians(found: list[tuple[float, float]]) -> tuple[float, float]:
    """Of wall and processor time, in milliseconds."""
    wall, cpu = (1000 * statistics.median(column) for column in zip(*found, strict=True))
    return wall, cpu


def starts(runs: Path) -> None:
    """Cold starts: the interpreter, all imports, the run, the picture, the answer."""
    python = [sys.executable, "-P"]
    commands = {"import numpy": [*python, "-c", "import numpy"]}
    commands |= {name: [*python, "-m", "nnlab", "infer", f"--run={runs / name}", str(PICTURE)] for name in MODELS}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(runs / "compiled"), "PYTHONPATH": str(ROOT)}
    for turn in range(arguments.starts + 1):
        for name, command in commands.items():

            def start(command: list[str] = command) -> None:
                subprocess.run(command, env=environment, check=True, capture_output=True)

            spent = measured(start, of_children)
            if turn:  # the first compiles
                found[name].append(spent)
    _, least = medians(found["import numpy"])
    for name, times in found.items():
        wall, cpu = medians(times)
        print(f"{name:28}{wall:9.0f} ms {cpu:9.0f} ms cpu {cpu / least:7.1f} x import numpy")


def requests(runs: Path, name: str) -> None:
    """One connection, both kinds of requests in turns."""
    predictor, encoded = run_predictor(str(runs / name)), PICTURE.read_bytes()
    app = Predictions(predictor, name, "numpy")
    app.warm()
    found: dict[str, list[tuple[float, float]]] = {"predict": [], "health": [], "network": []}
    image = predictor.library.decode(encoded, wanted=predictor.wanted)
    with one_blas_thread(), Server(app) as server:  # as the command does
        connection = http.client.HTTPConnection("127.0.0.1", server.port)

        def ask(method: str, path: str, body: bytes | None) -> None:
            connection.request(method, path, body)
            reply = connection.getresponse()
            reply.read()
            assert reply.status == 200

        for _ in range(arguments.requests):
            found["predict"].append(measured(lambda: ask("POST", "/predict", encoded), time.process_time))
            found["health"].append(measured(lambda: ask("GET", "/health", None), time.process_time))
            found["network"].append(measured(lambda: predictor.predict([image]), time.process_time))
        connection.close()
    for kind, times in found.items():
        wall, cpu = medians(times)
        print(f"{name + ' ' + kind:28}{wall:9.2f} ms {cpu:9.2f} ms cpu")


with tempfile.TemporaryDirectory() as folder:
    runs = Path(folder)
    for name in MODELS:
        flags = [f"--model={name}", f"--resize={arguments.size}", "--epochs=1", "--gradient-checks=off", "--quiet"]
        place = [f"--datasets-path={ROOT / 'datasets'}", "--dataset=colors", f"--runs-dir={runs}", "--no-disk-cache"]
        assert main(["train", *flags, *place, f"--exp-id={name}"]) == 0
        (runs / name).symlink_to((runs / "latest").resolve())
    print("                                  wall        processor")
    starts(runs)
    for name in MODELS:
        requests(runs, name)
