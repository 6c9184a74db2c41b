"""Sweeps of which something is killed at a random moment, and the same command again: nothing lost, nothing twice.

    .venv/bin/python tests/campaigns/sweep_kills.py                     24 trials, 20 kills, on both engines
    .venv/bin/python tests/campaigns/sweep_kills.py --kills=4 --trials=6 --engines=dask --seed=7

Killed by SIGKILL is the command, the process of a trial, and on Dask a worker, all workers, or the scheduler: these
are then started anew. By SIGTERM the command, which then has its trials left where they are gone on with. Held against
the same trials, each as a command of its own, to the last bit of weights, answers and figures.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from nnlab.labs.evidence import evidence_of

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.labs.engines.clusters import DaskCluster  # noqa: E402

NNLAB = (sys.executable, "-P", "-m", "nnlab")

TRIAL = ("--dataset=numbers", "--model=NLayers", "--layers=16", "--resize=16", "--epochs=2", "--threads=1",
         "--gradient-checks=off", "--disk-cache")  # fmt: skip

LAST_S = 600.0
"""Seconds after which a command counts as one that hangs."""

Evidence = dict[str, Mapping[str, str]]
"""Of trials, by their learning rates."""


def rates(count: int) -> list[float]:
    """What trials differ in."""
    return [round(0.001 * (1 + number), 6) for number in range(count)]


def alone(count: int, home: Path) -> Evidence:
    """What every trial comes to without a sweep."""
    found = {}
    for rate in rates(count):
        runs = home / f"alone-{rate}"
        words = ("train", *TRIAL, f"--learning-rate={rate}", f"--runs-dir={runs}", "--quiet", "--no-eval-test")
        subprocess.run([*NNLAB, *words], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        found[str(rate)] = evidence_of(runs / "latest")
    return found


def plan_at(home: Path, count: int) -> Path:
    """A plan of so many trials, whose runs lie beside it."""
    home.mkdir(parents=True)
    path = home / "plan.toml"
    base = " ".join(("train", *TRIAL, f"--runs-dir={home / 'runs'}"))
    path.write_text(f'base = "{base}"\n[grid]\nlearning_rate = {rates(count)}\n')
    return path


def begun(plan: Path, words: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    """The command, as a user would type it."""
    log = (plan.parent / "log.txt").open("ab")
    return subprocess.Popen([*NNLAB, "sweep", str(plan), *words], cwd=ROOT, stdout=log, stderr=log)


def below(pid: int, *words: str) -> list[psutil.Process]:
    """Processes that one has started, and those that they have, whose command line has these words."""
    with contextlib.suppress(psutil.Error):
        return [each for each in psutil.Process(pid).children(recursive=True) if _has(each, words)]
    return []


def _has(process: psutil.Process, words: tuple[str, ...]) -> bool:
    with contextlib.suppress(psutil.Error):
        return all(word in " ".join(process.cmdline()) for word in words)
    return False


def shoot(victims: list[psutil.Process]) -> bool:
    """Whether there was anybody."""
    for victim in victims:
        with contextlib.suppress(psutil.Error):
            victim.send_signal(signal.SIGKILL)
    return bool(victims)


def kill_of_local(chance: random.Random, process: "subprocess.Popen[bytes]") -> str:
    """Kills something; what."""
    if chance.random() < 0.25:
        process.terminate()
        return "the command, by SIGTERM,"
    if chance.random() < 0.5:
        process.kill()
        return "the command"
    found = below(process.pid, "nnlab.labs.work")
    shoot(found[:1])
    return "a trial" if found else "nothing"


def kill_of_dask(chance: random.Random, process: "subprocess.Popen[bytes]", cluster: DaskCluster) -> str:
    """Kills something; what. Workers come back by themselves, a scheduler is started anew by `swept`."""
    what = chance.choice(
        ["the command", "the command, by SIGTERM,", "a trial", "a worker", "all workers", "the scheduler"]
    )
    workers = [found for nanny in cluster.workers for found in below(nanny.pid, "spawn_main")]
    trials = [found for nanny in cluster.workers for found in below(nanny.pid, "nnlab.labs.work")]
    assert cluster.scheduler is not None
    kills: dict[str, Callable[[], object]] = {
        "the command": process.kill,
        "the command, by SIGTERM,": process.terminate,
        "a trial": lambda: shoot(trials[:1]),
        "a worker": lambda: shoot(workers[:1]),
        "all workers": lambda: shoot(workers),
        "the scheduler": cluster.scheduler.kill,
    }
    kills[what]()
    return what


def swept(number: int, engine: str, chance: random.Random, home: Path, wanted: Evidence) -> list[str]:
    """What is wrong with one sweep that had something killed."""
    plan = plan_at(home, len(wanted))
    cluster = DaskCluster(home / "cluster").start(2) if engine == "dask" else None
    killed, codes, began = "", list[int](), time.monotonic()
    try:
        while len(codes) < 8 and (not codes or codes[-1] != 0):
            address = () if cluster is None else (f"--address={cluster.address}",)
            process = begun(plan, (f"--engine={engine}", "--workers=2", "--retries=2", *address))
            if not killed:
                wait_until_begun(home, process)
                time.sleep(chance.uniform(0, 3.0 * len(wanted) / 2))
                local = cluster is None
                killed = kill_of_local(chance, process) if local else kill_of_dask(chance, process, cluster)
            codes.append(process.wait(LAST_S))
            if cluster is not None and cluster.scheduler is not None and cluster.scheduler.poll() is not None:
                cluster.end()
                cluster = DaskCluster(home / f"cluster{len(codes)}").start(2)
    finally:
        if cluster is not None:
            cluster.end()
    faults = faults_of(home, wanted) if codes[-1] == 0 else [f"never ended well: {codes}"]
    took = time.monotonic() - began
    print(
        f"{number}: {engine}, {killed} killed, codes {codes}, {took:.0f} s: {'; '.join(faults) or 'as alone'}",
        flush=True,
    )
    return faults


def wait_until_begun(home: Path, process: "subprocess.Popen[bytes]") -> None:
    """Until its folder is there."""
    end = time.monotonic() + LAST_S
    while not list(home.glob("runs/*/trials")) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)


def faults_of(home: Path, wanted: Evidence) -> list[str]:
    """How a folder differs from what it should be."""
    folders = list(home.glob("runs/*-sweep-*"))
    if len(folders) != 1:
        return [f"{len(folders)} folders"]
    rows = [json.loads(line) for line in (folders[0] / "rows.jsonl").read_text().splitlines()]
    done = [row for row in rows if row["status"] == "done"]
    faults = (
        [] if len(done) == len({row["identity"] for row in done}) == len(wanted) else [f"{len(done)} rows are done"]
    )
    faults += [f"left over: {path.name}" for path in folders[0].glob("trials/*.part")]
    for row in done:
        run = folders[0] / row["result"]["run"]
        rate = str(json.loads((run / "summary.json").read_text())["settings"]["optimizer"]["learning_rate"])
        if evidence_of(run) != wanted[rate]:
            faults.append(f"rate {rate} is not what it is alone")
    return faults


def main() -> int:
    """So many sweeps, the engines in turn; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="sweeps, each with one kill [20]")
    parser.add_argument("--trials", type=int, default=24, help="of each sweep [24]")
    parser.add_argument("--engines", default="local,dask", help="in turn [local,dask]")
    parser.add_argument("--seed", type=int, default=0, help="of the moments [0]")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    faults, engines = [], options.engines.split(",")
    with tempfile.TemporaryDirectory(prefix="nnlab-sweeps-") as home:
        os.environ["NNLAB_CACHE_DIR"] = str(Path(home) / "cache")
        wanted = alone(options.trials, Path(home))
        for number in range(options.kills):
            chance = random.Random(f"{options.seed} {number}")
            faults += swept(number, engines[number % len(engines)], chance, Path(home) / str(number), wanted)
    print(f"{options.kills} sweeps of {options.trials} trials: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
