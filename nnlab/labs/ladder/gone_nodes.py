"""What each change of a graph took out: from the files that a ladder's rungs are made of."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.labs.ladder.prepare import FOLDER
from nnlab.labs.ladder.table import Ladder, above_of

LEVELS = ("off", "basic", "extended", "layout", "all")


def graphs(folder: Path, table: Ladder) -> list[Mapping[str, Any]]:
    """For each rung that changed the graph: how many nodes before and after, by operator, and every one that went.

    Options:  folder: the lab's.
    """
    from nnlab.onnx.rungs.gone import compared

    place, names = folder / FOLDER, [line.name for line in table.lines]
    found: list[Mapping[str, Any]] = []
    for line in table.lines:
        above = above_of(line.name, names)
        if not line.changed or above is None:
            continue
        pair = [_graph(place, name) for name in (above, line.name)]
        if not all(path is not None and path.exists() for path in pair):
            continue
        before, after, gone = compared(*(path for path in pair if path is not None))
        counts = ", ".join(f"{name} {was} -> {now}" for name, (was, now) in line.changed.items())
        found.append({"rung": line.name, "before": before, "after": after, "counts": counts, "gone": gone})
    return found


def _graph(place: Path, name: str) -> Path | None:
    """The file that has a rung's graph; None of rungs that change something else."""
    engine, _, last = name.partition("-")
    if engine == "onnxruntime":
        return place / ("model.onnx" if last == "off" else f"model-{last}.onnx") if last in LEVELS else None
    return place / f"{name}.onnx" if engine == "graph" else None
