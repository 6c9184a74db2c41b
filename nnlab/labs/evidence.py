"""What of a run has to be the same wherever it ran: weights, answers, figures; not times and memory."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from nnlab.core.reading import open_file
from nnlab.tracking.files import read_lines, to_json

WHOLE = ("weights/best.safetensors", "predictions.jsonl")
"""Files of a run, every byte of which follows from what the run means."""

METRICS = "metrics.jsonl"

MEASURED = frozenset({"seconds", "memory_mb", "phases_s", "memory_phases_mb", "waiting"})
"""Keys of its lines that say what an epoch took."""


def evidence_of(run: Path) -> Mapping[str, str]:
    """Digests by the names of files, of those that are there. Raises DataError, OSError: one cannot be read."""
    found = {name: _digest_of(run / name) for name in WHOLE if (run / name).exists()}
    lines = [{key: line[key] for key in sorted(line.keys() - MEASURED)} for line in read_lines(run / METRICS)]
    return {**found, METRICS: _digest("\n".join(map(to_json, lines)).encode())}


def _digest_of(path: Path) -> str:
    with open_file(path) as file:
        return _digest(file.read())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
