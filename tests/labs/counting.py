"""A kind of work for tests: it counts how often it was done, and may fail, die, wait or be skipped."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError
from nnlab.labs.kinds.base import KINDS, Job, Kind, Say, Skipped
from nnlab.labs.left import Left

COMMAND = (sys.executable, "-P", __file__)


@KINDS.register
class Counting(Kind):
    """Appends its name to a file, then does what the job says."""

    def meaning(self, job: Job) -> Job:
        return {"does": job["does"]}

    def threads(self, job: Job) -> int | None:
        return job.get("threads", 1)

    def evidence(self, folder: Path) -> Mapping[str, str]:
        return {"answer": (folder / "answer").read_text()}

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        with Path(job["log"]).open("a") as log:
            log.write(f"{job['does']}\n")
        does, _, words = job["does"].partition(" ")
        if does == "leaves" and not (folder / "left").exists():
            try:
                say("epoch", done=1, total=1)  # upon which Ctrl-C may come at once
                time.sleep(600)
            except KeyboardInterrupt:
                (folder / "left").write_text("half")
                raise Left from None
        if does == "deaf":
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        say("epoch", done=1, total=1)
        if does == "fails":
            raise DataError("is empty", where="a.png")
        if does == "breaks":
            raise ValueError("of another kind")
        if does == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if does == "skips":
            raise Skipped("cuda", "no CUDA device")
        if does in ("waits", "deaf"):
            time.sleep(float(words))
        if does == "poison":
            print("\n".join(f"line {number}" for number in range(30)), file=sys.stderr, flush=True)
            os._exit(9)
        if does == "kills":
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
        if does == "meets":
            _wait_for(int(words.split()[0]), Path(job["log"]))
        if does == "reads":
            job = {**job, "more": " " + (folder.parent / job["after"] / "answer").read_text()}
        (folder / "answer").write_text(job["does"] + job.get("more", ""))
        return {"does": job["does"]}

    def estimate(self, job: Job) -> Mapping[str, Any]:
        if job["does"] == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if job["does"] == "fails":
            raise DataError("is empty", where="a.png")
        return {"wall_s": 2.0, "cpu_s": 3.0, "peak_memory_mb": 4.0}


@KINDS.register
class Shows(Kind):
    """Gives how many threads libraries were told to make."""

    def threads(self, job: Job) -> int | None:
        return int(job["threads"])

    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        return {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}


def _wait_for(count: int, log: Path) -> None:
    """Until so many are at work, or were."""
    end = time.monotonic() + 60
    while len(log.read_text().splitlines()) < count:
        if time.monotonic() > end:
            raise TimeoutError(f"fewer than {count} cells at once")
        time.sleep(0.01)


if __name__ == "__main__":
    from nnlab.labs.work import main

    sys.exit(main())
