"""A training on nnlab's torch backend, against a loop in plain torch from the same weights over the same minibatches.

    python tests/benchmarks/bench_plain_loop.py [--pictures FOLDER] [--side 32] [--epochs 4] [--rounds 2]

ResNet18 with AdamW, float32, on one thread. In every round nnlab trains, as its command does, and then the loop takes
the same steps (tests/end_to_end/plain_loop.py), each in a process of its own. Printed are, as medians over the rounds:

  step       from a minibatch that is there to the updated weights, wall and CPU ms: the median of the steps
  memory     the process's peak (Linux: VmHWM) when training has ended, and over what it was before the first step
  accuracy   of the dev partition after the last epoch, with the running statistics
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # this checkout, installed or not

import numpy as np  # noqa: E402

RATE, DECAY, BATCH = 1e-3, 1e-4, 64

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--pictures", type=Path, help="a folder for each class [numbers, the digits that ship]")
parser.add_argument("--side", type=int, default=32, help="pixels [32]")
parser.add_argument("--epochs", type=int, default=4, help="of each training [4]")
parser.add_argument("--rounds", type=int, default=2, help="trainings of each [2]")
parser.add_argument("--loop", type=Path, help=argparse.SUPPRESS)  # the round's folder, in a process of its own
arguments = parser.parse_args()


def arrays(folder: Path, side: int, path: Path) -> int:
    """The pictures of class folders in one file; how many classes they are of."""
    from PIL import Image

    classes = sorted(place for place in folder.iterdir() if place.is_dir())
    pictures, labels = [], []
    for label, place in enumerate(classes):
        for file in sorted(place.iterdir()):
            with Image.open(file) as image:
                pictures.append(np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BOX)))
            labels.append(label)
    np.savez(path, x=np.stack(pictures), y=np.array(labels))
    return len(classes)


def peak_mb() -> float:
    """The most memory that this process had resident so far; nnlab is not imported for it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def loop(folder: Path) -> dict[str, Any]:
    """Takes the steps of a run again, in plain torch."""
    import torch

    from tests.end_to_end.plain_loop import adam_w, learn, minibatches, right, scaled
    from tests.experiment.published.networks import resnet18

    torch.set_num_threads(1)
    with np.load(folder / "pictures.npz") as file:
        pictures, labels = scaled(torch.from_numpy(file["x"]), torch.float32), torch.from_numpy(file["y"])
    steps = minibatches(folder / "runs" / "latest")
    lines = (folder / "runs" / "latest" / "predictions.jsonl").read_text().splitlines()
    said = [json.loads(line) for line in lines]
    dev = [int(one["source"].split("#")[1]) for one in said if one["partition"] == "dev"]
    before = peak_mb()
    network = resnet18(int(labels.max()) + 1)
    network.load_state_dict(torch.load(folder / "start.pth", weights_only=True))
    optimizer = adam_w(network, RATE, DECAY)
    wall, cpu = [], []
    for step in steps:
        began, cpu_began = time.perf_counter(), time.process_time()
        learn(network, pictures, labels, [step], optimizer)
        wall.append(1e3 * (time.perf_counter() - began))
        cpu.append(1e3 * (time.process_time() - cpu_began))
    peak = peak_mb()
    return {
        "step ms": median(wall[1:]), "step CPU ms": median(cpu[1:]), "peak MiB": peak,
        "MiB over before": peak - before, "dev %": 100 * right(network, pictures[dev], labels[dev]),
    }  # fmt: skip


def nnlab(folder: Path) -> dict[str, Any]:
    """What a run says of itself."""
    run = folder / "runs" / "latest"
    summary = json.loads((run / "summary.json").read_text())
    epochs = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    phases, times = summary["memory_phases_mb"], summary["step_times"]
    peak = max(phases[name] for name in ("load", "forward", "backward", "update"))
    last = [epoch for epoch in epochs if epoch["partition"] == "dev"][-1]
    return {
        "step ms": times["ms"]["median"], "step CPU ms": times["cpu_ms"]["median"], "peak MiB": peak,
        "MiB over before": peak - phases["prepare"], "dev %": 100 * last["accuracy"],
    }  # fmt: skip


def main() -> None:
    """The rounds, then the table."""
    if arguments.loop:
        print(json.dumps(loop(arguments.loop)))
        return
    import torch

    from tests.experiment.published.networks import resnet18

    one = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    found: dict[str, list[dict[str, Any]]] = {"nnlab": [], "plain torch": []}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        classes = arrays(arguments.pictures or ROOT / "datasets" / "numbers", arguments.side, folder / "pictures.npz")
        for number in range(arguments.rounds):
            torch.manual_seed(number)
            torch.save(resnet18(classes).state_dict(), folder / "start.pth")
            train = [
                sys.executable, "-P", "-m", "nnlab", "train", str(folder / "pictures.npz"), "--prepare=none",
                "--input-scaling=0..1", f"--resize={arguments.side}", "--model=ResNet18", "--backend=torch",
                "--threads=1", f"--weights={folder / 'start.pth'}", "--optimizer=AdamW", f"--learning-rate={RATE}",
                f"--weight-decay={DECAY}", f"--max-minibatch-size={BATCH}", f"--epochs={arguments.epochs}",
                "--dump-minibatches", f"--runs-dir={folder / 'runs'}", "-q",
            ]  # fmt: skip
            subprocess.run(train, check=True, env=one, stdout=subprocess.DEVNULL)
            found["nnlab"].append(nnlab(folder))
            again = [sys.executable, __file__, f"--loop={folder}"]
            said = subprocess.run(again, check=True, env=one, capture_output=True, text=True).stdout
            found["plain torch"].append(json.loads(said))
    told = f"{arguments.side} pixels, minibatches of {BATCH}, {arguments.epochs} epochs, {arguments.rounds} rounds"
    print(f"ResNet18, {told}")
    for key in found["nnlab"][0]:
        ours, theirs = (median(row[key] for row in found[name]) for name in ("nnlab", "plain torch"))
        each = "; ".join(f"{a[key]:.1f} and {b[key]:.1f}" for a, b in zip(*found.values(), strict=True))
        print(f"{key:16} nnlab {ours:8.1f}  plain torch {theirs:8.1f}  ratio {ours / theirs:.3f}  (rounds: {each})")


if __name__ == "__main__":
    main()
