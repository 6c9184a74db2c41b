"""The plan of a ladder: which rungs, how often, and the cells that follow: probes first, then what passed the gate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.printing import printable
from nnlab.core.registry import advice
from nnlab.labs.cell import Cell
from nnlab.labs.ladder.timing import Protocol
from nnlab.labs.plan import Plan

LAB, SECTION = "ladder", "ladder"

PROBE, CALLS, WHOLE = "LadderProbe", "LadderCalls", "LadderWhole"

ENGINES = ("numpy", "torch", "onnxruntime", "graph", "c")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a ladder is asked for.

    Options:  subject: as `subject_of` takes it.  rungs: names, of engines too; all for every one.  sizes: of batches.
              max_drop: share of right answers that int8 may lose.  calibration: pictures that tell ranges.
    """

    subject: Mapping[str, Any]
    rungs: tuple[str, ...] = ("all",)
    sizes: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    threads: int = 1
    max_drop: float = 0.01
    calibration: int = 200
    protocol: Protocol = field(default_factory=Protocol)

    def options(self) -> dict[str, Any]:
        """As config.toml has them."""
        said = {key: value for key, value in self.subject.items() if value is not None and key != "flags"}
        flags = {key: list(v) if isinstance(v, tuple) else v for key, v in self.subject.get("flags", {}).items()}
        return {
            **said,
            **flags,
            "rungs": list(self.rungs),
            "batch": list(self.sizes),
            "call_threads": self.threads,
            "max_drop": self.max_drop,
            "calibration": self.calibration,
            "calls": self.protocol.calls,
            "seconds": self.protocol.seconds,
            "warm_up": self.protocol.warm_up_seconds,
            "processes": self.protocol.processes,
        }

    def plan(self, cells: Sequence[Cell]) -> Plan:
        """Options:  cells: of one of its two parts."""
        return Plan(LAB, SECTION, self.options(), {}, tuple(cells))


def chosen(words: Iterable[str]) -> list[str]:
    """The rungs that words name, in the order of the ladder: rungs, engines, int8, all; without those after a "-".

    Raises:  UsageError or Mistakes: unknown names, names that come twice, none at all.
    """
    from nnlab.onnx.rungs import all_rungs

    rungs, said = all_rungs(), [word.strip() for word in words]
    mistakes: list[NnlabError] = []
    if not any(said):
        mistakes.append(UsageError("names nothing", where="--rungs", hint="such as --rungs=onnxruntime,int8"))
    found: set[str] = set()
    out: set[str] = set()
    for place, full in enumerate(said):
        word = full.removeprefix("-")
        own = {
            name
            for name, rung in rungs.items()
            if word in {name, rung.engine, "all"} or (word == "int8" and rung.gate == "int8")
        }
        if word and not own:
            hint = advice(word, [*rungs, *ENGINES, "int8", "all"])
            mistakes.append(UsageError(f"unknown rung {printable(word)!r}", where="--rungs", hint=hint))
        elif not word and any(said):
            mistakes.append(UsageError("has an empty element", where="--rungs", hint="leave out a comma"))
        elif full in said[:place]:
            mistakes.append(UsageError(f"names {printable(word)} twice", where="--rungs", hint="leave one of them out"))
        (out if full.startswith("-") else found).update(own)
    if not mistakes and not found - out:
        mistakes.append(UsageError("leaves no rung", where="--rungs", hint="such as --rungs=all,-torch-compiled"))
    if mistakes:
        raise as_one(mistakes)
    return [name for name in rungs if name in found - out]


def reference_of(names: Sequence[str]) -> str:
    """The rung that all others are held against: onnxruntime on the file as it came, else nnlab's own engine."""
    from nnlab.core.errors import MissingError
    from nnlab.onnx.backends.engines import ENGINES as RUNNING

    try:
        RUNNING["onnxruntime"].require()
    except MissingError:
        return "numpy-columns"
    return "onnxruntime-off"


def probes(names: Sequence[str], job: Mapping[str, Any]) -> list[Cell]:
    """A cell for each rung."""
    return [Cell(name, PROBE, {**job, "rung": name}) for name in names]


def timings(names: Sequence[str], job: Mapping[str, Any], wish: Wish) -> list[Cell]:
    """The processes that time what passed, and the one that answers from files.

    Options:  names: the reference first.
    """
    share = asdict(wish.protocol.share)
    told = {**job, "rungs": list(names), "protocol": share}
    calls = [
        Cell("calls", CALLS, {**told, "sizes": list(wish.sizes) if process == 1 else [], "process": process}, process)
        for process in range(1, wish.protocol.processes + 1)
    ]
    return [*calls, Cell("from files", WHOLE, {**job, "rungs": list(names), "subject": dict(wish.subject)})]
