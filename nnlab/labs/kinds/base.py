"""The contract of a kind of work, and their registry."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nnlab.core.registry import Registry

Job = Mapping[str, Any]
"""What there is to do, as JSON."""

Say = Callable[..., None]
"""Tells those who wait how far the work is: say("epoch", done=3, total=8)."""


class Skipped(Exception):
    """A cell that this machine cannot run, and that is no fault of it.

    Options:  needs: what is missing, as `--require` names it ("cuda", "compile", "torch").
    """

    def __init__(self, needs: str, reason: str):
        self.needs, self.reason = needs, reason
        super().__init__(reason)


class Kind(ABC):
    """One kind of work. It is made without arguments, in the process that does it and in the one that plans it."""

    def meaning(self, job: Job) -> Job:
        """What of a job makes it what it is: neither places, nor what is watched. A cell's identity is of this."""
        return job

    def anew(self, job: Job) -> Job | None:
        """What of a job's "meaning" this machine finds, its data read anew; None where a kind does not say.

        Asked where a cell runs that was planned elsewhere.  Raises:  DataError: the data are not here.
        """
        return None

    def threads(self, job: Job) -> int | None:
        """How many threads each process of a job's work uses; None where that is not said."""
        return None

    def processes(self, job: Job) -> int:
        """How many processes share a job's work."""
        return 1

    def evidence(self, folder: Path) -> Mapping[str, str]:
        """What has to be the same in the folders of two cells that did the same: digests by name.

        Nothing of what only measures, which never comes out the same twice.
        """
        return {}

    @abstractmethod
    def work(self, job: Job, folder: Path, say: Say) -> Mapping[str, Any]:
        """Does it, and gives what was found as JSON has it: the `result` of the cell's row.

        Options:  job: the cell's, and "place": where its folder will stand once it is whole.
                  folder: the cell's own, there and empty.
        Raises:   Skipped: this machine cannot.  NnlabError: it failed.
        """

    def estimate(self, job: Job) -> Mapping[str, Any]:
        """What it will take, from one timed step: "wall_s", "cpu_s", "peak_memory_mb", and what else a plan shows.

        Called for one job after the other in a process of their own. Nothing where a kind cannot tell.
        """
        return {}


KINDS: Registry[Kind] = Registry("kind of work", "nnlab.labs.kinds")
