"""Where the time and the memory of a run went, as a table for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

WORDS = {
    "prepare": "images", "load": "minibatches", "forward": "forward", "backward": "backward", "update": "update",
    "evaluate": "scores", "checks": "checks, records",
}  # fmt: skip
"""What is said of each phase, in the order in which they come."""


def phase_table(summary: Mapping[str, Any]) -> Iterator[str]:
    """A line for each phase: seconds, share of the run's, MiB that were resident in it at most; what is left, and all.

    Options:  summary: as summary.json has it.
    """
    seconds = {"prepare": summary["load_s"], **summary["phases_s"]}
    memory, whole = summary["memory_phases_mb"], summary["elapsed_s"]
    yield f"  {'phase':<16}{'seconds':>9}{'share':>8}{'MiB':>8}"
    for phase, word in WORDS.items():
        yield _line(word, seconds.get(phase, 0.0), whole, memory.get(phase))
    yield _line("the rest", max(0.0, whole - sum(seconds.values())), whole, None)
    yield _line("all", whole, whole, summary["peak_memory_mb"])


def _line(word: str, seconds: float, whole: float, memory: float | None) -> str:
    share = seconds / whole if whole > 0 else 0.0
    return f"  {word:<16}{seconds:9.2f}{share:8.1%}{'' if memory is None else f'{memory:,.0f}':>8}"
