"""A campaign's loop: numbered trials in a process of their own, with bounds, begun anew when it dies."""

import argparse
import contextlib
import logging
import os
import select
import subprocess
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

STARTING = 120.0
"""Seconds until the first trial: libraries and models have to be read."""

Trial = Callable[[int, int], str]
"""Called as trial(number, seed): what came of it; whatever it raises is a finding."""


def campaign(
    parser: argparse.ArgumentParser,
    prepare: Callable[[argparse.Namespace], Trial],
    *,
    seconds: float,
    what: str = "models",
) -> int:
    """Runs a campaign by its flags: --minutes or --count, --seed, --show=NUMBER. 1 when something was found.

    Options:  prepare: what makes a trial of the flags, in the process that may die.  seconds: for one trial.
              what: the trials are of.
    """
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, help="one again, with its traceback")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.show is not None:
        print(prepare(options)(options.show, options.seed))
        return 0
    if options.work is not None:
        _work(options.work, options.count or 10**9, options.seed, prepare(options))
        return 0
    outcomes: Counter[str] = Counter()
    for number, said in _watched(options, seconds):
        outcomes[said if not said.startswith("FOUND") else "found"] += 1
        if said.startswith("FOUND") or "unforeseen" in said:
            print(f"{number}: {said}", flush=True)
    print(f"seed {options.seed}: {sum(outcomes.values())} {what}; {dict(outcomes)}")
    return 1 if outcomes["found"] else 0


def _work(first: int, last: int, seed: int, trial: Trial) -> None:
    """The process that may die: says each number before and what came of it after."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (12 * 2**30, 12 * 2**30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()
    warnings.simplefilter("ignore")
    with contextlib.suppress(Exception):
        trial(first, seed)  # the libraries are imported now, not within the first model's time
    for number in range(first, last):
        print(f"begin {number}", flush=True)
        try:
            said = trial(number, seed)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            text = " ".join(str(error).split())[:200]
            said = f"FOUND {type(error).__name__} at {Path(place.filename).name}:{place.lineno} {text}"
        print(f"end {number} {said}", flush=True)


def _watched(options: argparse.Namespace, seconds: float) -> Iterator[tuple[int, str]]:
    """Every number with what came of it; processes that die or do not end are begun anew after it."""
    first, stop = 0, time.monotonic() + options.minutes * 60
    last = options.count or 10**9
    while first < last and (options.count or time.monotonic() < stop):
        command = [sys.executable, *sys.argv, f"--work={first}"]
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
        assert child.stdout is not None
        begun = False
        try:
            while options.count or time.monotonic() < stop:
                ready = select.select([child.stdout], [], [], seconds if begun else STARTING)[0]
                begun = True
                line = child.stdout.readline().decode() if ready else ""
                if line.startswith("end"):
                    _, number, said = line.split(maxsplit=2)
                    first = int(number) + 1
                    yield int(number), said.strip()
                elif not line:
                    yield first, f"FOUND died with {child.wait(30)}" if ready else f"FOUND no end after {seconds:.0f} s"
                    first += 1
                    break
                if first >= last:
                    return
        finally:
            child.kill()
            child.wait()
