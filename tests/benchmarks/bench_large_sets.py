"""Time and memory of an epoch over many pictures, from memory and from files (--data-memory), measured and drawn.

    python tests/benchmarks/bench_large_sets.py [--pictures 1000,10000,50000,200000] [--budget 512M] [--cold]
                                                [--output docs/images/large-sets.png] [--work DIR]

Pictures of 64 x 64 are drawn into tar shards: a patch of a class's colour on a smooth ground, JPEG. Memory is the peak
(VmHWM) of `nnlab train --model=NLayers --layers=32 --epochs=1` in a process of its own, from files and from memory,
whose weights have to be the same bytes; from files with --budget, or where the set is smaller, with less than it takes.
Seconds are those of training's steps in one process that reads minibatches of 256 from both in turns, two at a time,
so that a busy machine slows both alike: of NLayers(32), whose arithmetic is so little that reading counts, and of
SmallCnn. Of an epoch that has many, the first few hundred are timed (of SmallCnn a dozen), and the others taken to last
as long. With --cold a thread keeps throwing the files out of the system's memory while they are read, so that rows come
from the disk. What a set takes to be prepared counts once: drawn pictures and prepared sets are kept in --work.
"""

import argparse
import io
import itertools
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

import numpy as np
from PIL import Image

from nnlab.backends.base import BACKENDS, Engine
from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.core.truths import labels_of
from nnlab.data.options import DataOptions
from nnlab.data.partition import Data
from nnlab.data.pipeline import load, survey
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.models.base import MODELS
from nnlab.models.learner import Learner
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head

CLASSES, SIDE, IN_A_SHARD, MINIBATCH, TURN = 10, 64, 10_000, 256, 2
EVICT_SECONDS = 0.2
SHARES = {"training": 0.9, "dev": 0.05, "test": 0.05}
NETWORKS: dict[str, tuple[dict[str, Any], int]] = {
    "NLayers": ({"layers": (32,), "batch_norm": False}, 400), "SmallCnn": ({}, 12),
}  # fmt: skip
"""Their options, and how many minibatches from each place are enough."""


def drawn(count: int, folder: Path) -> None:
    """Tar shards of so many pictures, if they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    colours = [19 * np.array([label, 9 - label, label % 3 * 3]) for label in range(CLASSES)]
    ramp = np.linspace(0, 60, SIDE, dtype=np.float32)
    for first in range(0, count, IN_A_SHARD):
        path = folder / f"{first // IN_A_SHARD:03}.tar"
        if path.exists():
            continue
        generator, making = np.random.default_rng(first), path.with_suffix(".part")
        with tarfile.open(making, "w") as tar:
            for number in range(first, min(first + IN_A_SHARD, count)):
                ground = ramp[:, None, None] * generator.random() + ramp[None, :, None] * generator.random(3)
                top, left = generator.integers(0, SIDE // 2, 2)
                ground[top : top + SIDE // 3, left : left + SIDE // 3] += colours[number % CLASSES]
                file = io.BytesIO()
                Image.fromarray(ground.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
                for ending, content in (("jpg", file.getvalue()), ("cls", str(number % CLASSES).encode())):
                    entry = tarfile.TarInfo(f"{number:07}.{ending}")
                    entry.size = len(content)
                    tar.addfile(entry, io.BytesIO(content))
        making.replace(path)


def trained(folder: Path, work: Path, memory: str) -> dict[str, Any]:
    """What a training of an epoch says of itself."""
    words = [
        "train", str(folder), "--model=NLayers", "--layers=32", "--no-batch-norm", f"--resize={SIDE},{SIDE}",
        "--epochs=1", f"--max-minibatch-size={MINIBATCH}", "--threads=1", "--gradient-checks=off", "--quiet",
        f"--partitions={json.dumps(SHARES)}", f"--data-memory={memory}", f"--runs-dir={work / 'runs'}",
        "--no-display-graphs", "--prepare=none", "--instability-checks=off", "--data-loader=Pillow",
    ]  # fmt: skip
    done = subprocess.run([sys.executable, "-P", "-m", "nnlab", *words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    run = (work / "runs" / "latest").resolve()
    summary = json.loads((run / "summary.json").read_text())
    weights = (run / "weights" / "best.safetensors").read_bytes()
    return {"prepare_s": summary["load_s"], "peak_mib": summary["peak_memory_mb"], "weights": weights}


def epochs(folder: Path, disk: str) -> dict[str, dict[str, float]]:
    """Seconds of an epoch by each network, from files and from memory, and of the processor alone."""
    options = DataOptions(
        dataset=folder.name, datasets_path=str(folder.parent), resize=(SIDE, SIDE), max_minibatch_size=MINIBATCH,
        partitions=SHARES, data_loader="Pillow", flatten=False, data_memory=disk,
    )  # fmt: skip
    outline = survey(options)
    data = {where: load(replace(options, data_memory=bound), outline=outline)
            for where, bound in (("files", disk), ("memory", "90%"))}  # fmt: skip
    return {network: turns(network, data) for network in NETWORKS}


def turns(network: str, data: dict[str, Data]) -> dict[str, float]:
    """Some minibatches from one, some from the other, until the epoch ends or there were enough."""
    shape, (options, minibatches) = (SIDE, SIDE, 3), NETWORKS[network]
    graph = MODELS.get(network)(**options).graph(shape, one_head(CLASSES))
    learner = BACKENDS.get("numpy").of(
        graph.build(shape, rng=Rng(0), dtype=np.float32),
        loss=SoftmaxCrossEntropy(), optimizer=Optimizer(Adam()), engine=Engine(device="cpu", threads=1),
    )  # fmt: skip
    coming = {where: own.training.batches(1) for where, own in data.items()}
    taken = dict.fromkeys(("files", "memory", "files cpu", "memory cpu"), 0.0)
    learn(learner, next(data["memory"].training.batches(1)))  # takes its memory, and is not counted
    seen, order = 0, list(data)
    while True:
        order.reverse()
        for where in order:
            began, worked = time.perf_counter(), time.process_time()
            for batch in itertools.islice(coming[where], TURN):
                learn(learner, batch)
                seen += len(batch.inputs)
            taken[where] += time.perf_counter() - began
            taken[f"{where} cpu"] += time.process_time() - worked
        whole = len(data["files"].training)
        if seen >= 2 * min(whole, minibatches * MINIBATCH):
            return {name: seconds * 2 * whole / seen for name, seconds in taken.items()}


def learn(learner: Learner, batch: Batch) -> None:
    """A step."""
    truth = np.eye(CLASSES, dtype=np.float32)[labels_of(batch.truths)]
    learner.learn(labelled(batch.inputs, truth), rng=Rng(0), epoch=0, epochs=1)


@contextmanager
def evicted(folder: Path, *, asked: bool) -> Iterator[None]:
    """Keeps files out of the system's memory, but for what a process has mapped at the moment."""
    over = threading.Event()

    def throw_out() -> None:
        while not over.wait(EVICT_SECONDS):
            for path in folder.rglob("pixels-*"):
                handle = os.open(path, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)

    thread = threading.Thread(target=throw_out, daemon=True)
    if asked:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if asked:
            thread.join()


def measured(count: int, given: argparse.Namespace) -> dict[str, Any]:
    """Of a set of that many pictures."""
    folder, set_bytes = given.work / f"set-{count}", count * SIDE**2 * 3
    drawn(count, folder)
    disk = given.budget if set_bytes > 512 << 20 else str(set_bytes - 1)
    on_disk, held = trained(folder, given.work, disk), trained(folder, given.work, "90%")
    if held.pop("weights") != on_disk.pop("weights"):
        sys.exit(f"{count} pictures: other weights from files than from memory")
    with evicted(given.work / "cache", asked=given.cold):
        seconds = epochs(folder, disk)
    return {"pictures": count, "bytes": set_bytes, "files": on_disk, "memory": held, "epoch_s": seconds}


def draw(rows: list[dict[str, Any]], output: Path) -> None:
    """Seconds and memory over pictures, both axes logarithmic."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.4, 3.8), dpi=90, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    counts = [row["pictures"] for row in rows]
    for where, style in (("memory", "-"), ("files", "--")):
        for network, colour in zip(NETWORKS, ("#0072B2", "#D55E00"), strict=True):
            times = [row["epoch_s"][network][where] for row in rows]
            left.plot(counts, times, style, color=colour, marker="o", markersize=4, label=f"{network}, from {where}")
        peaks = [row[where]["peak_mib"] for row in rows]
        right.plot(counts, peaks, style, color="#444444", marker="o", markersize=4, label=f"from {where}")
    for axes, title in ((left, "seconds of an epoch"), (right, "peak memory of a training, MiB")):
        axes.set(xscale="log", yscale="log", xlabel="pictures of 64 x 64", title=title)
        axes.grid(True, alpha=0.3)
        axes.legend(fontsize=8)
    output.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(output)


def main() -> None:
    """Measures, prints, draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", default="1000,10000,50000,200000")
    parser.add_argument("--budget", default="512M")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "nnlab-large-sets")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NNLAB_CACHE_DIR": str(given.work / "cache")}
    print(f"load before: {os.getloadavg()[0]:.1f}; a set above {given.budget}, or what is said, is read from files")
    print(f"{'':9} {'the set':>8} {'ready in':>9} {'peak MiB from':>16}   s of an epoch: files / memory = ratio (CPU)")
    print(
        f"{'pictures':>9} {'MiB':>8} {'s':>9} {'files':>8}{'memory':>8}"
        + "".join(f"   {name:>29}" for name in NETWORKS)
    )
    rows = []
    for count in map(int, given.pictures.split(",")):
        row = measured(count, given)
        rows.append(row)
        line = f"{count:>9,} {row['bytes'] / 2**20:>8.0f} {row['files']['prepare_s']:>9.1f}"
        line += f" {row['files']['peak_mib']:>8.0f}{row['memory']['peak_mib']:>8.0f}"
        for taken in row["epoch_s"].values():
            ratio, cpu = taken["files"] / taken["memory"], taken["files cpu"] / taken["memory cpu"]
            line += f"   {taken['files']:>8.2f} / {taken['memory']:>7.2f} = {ratio:.2f} ({cpu:.2f})"
        print(line, flush=True)
    if given.output:
        draw(rows, given.output)


if __name__ == "__main__":
    main()
