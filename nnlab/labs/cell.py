"""A cell: one configuration and one seed, and what tells it from every other."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nnlab.core.machine import usable_cores
from nnlab.labs.kinds.base import KINDS, Job
from nnlab.tracking.files import plain
from nnlab.tracking.store import file_name


@dataclass(frozen=True)
class Cell:
    """A cell of a lab.

    Options:  name: of the configuration; its repeats have the same.  kind: what is done (labs/kinds).
              job: what there is to do, as JSON.  repeat: counted from 1; other repeats differ in their seeds alone.
    """

    name: str
    kind: str
    job: Job
    repeat: int = 1

    @cached_property
    def identity(self) -> str:
        """16 hexadecimal digits of what the work means: not when, where, in which order, or beside which others."""
        meaning = KINDS.get(self.kind)().meaning(self.job)
        return digest({"kind": self.kind, "meaning": meaning})

    @property
    def folder(self) -> str:
        """The name of its folder below the study's."""
        return f"{file_name(self.name)}-{self.repeat}-{self.identity}"

    @property
    def threads(self) -> int | None:
        """How many each of its processes uses; None where its kind does not say."""
        return KINDS.get(self.kind)().threads(self.job)

    @property
    def cores(self) -> int:
        """How many threads its processes use together: all cores where its kind does not say."""
        return (self.threads or usable_cores()) * KINDS.get(self.kind)().processes(self.job)

    @property
    def document(self) -> dict[str, Any]:
        """What makes it again: Cell(**document)."""
        return {"name": self.name, "kind": self.kind, "job": self.job, "repeat": self.repeat}

    @property
    def about(self) -> dict[str, Any]:
        """What a row and a plan say of it."""
        return {"identity": self.identity, "cell": self.name, "kind": self.kind, "repeat": self.repeat}


def digest(said: Mapping[str, Any]) -> str:
    """16 hexadecimal digits of something that JSON can hold, whatever the order of its keys."""
    text = json.dumps(plain(said), sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def interleaved(cells: Sequence[Cell]) -> list[Cell]:
    """The first repeat of all, then the second of all: a slow hour of the machine falls on all of them alike."""
    return sorted(cells, key=lambda cell: cell.repeat)
