"""The figures of a reconstruction: what went in, what came out, and the difference."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.pictures import values_of
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.metrics.pictures import decibel
from nnlab.tasks.reconstruction import Reconstruction
from nnlab.tracking import plots
from nnlab.tracking.figures.base import FIGURES, Figures, Subject, drawn
from nnlab.tracking.figures.general import SHEET_OF

FIRST, WORST = 12, 12
"""How many samples the sheet shows: the first of the partition, then those that are farthest off."""

GAP = 2
"""White pixels between the pictures of a sample."""


@dataclass(eq=False)
class _Kept:
    """What is kept of a partition.  Options:  worst: (MSE, -place, given) of those that are farthest off."""

    samples: int = 0
    first: list[tuple[float, int, Array]] = field(default_factory=list)
    worst: list[tuple[float, int, Array]] = field(default_factory=list)
    is_clean: bool = True

    def add(self, given: Array, wanted: Array) -> None:
        """Takes in what was given for a sample, and what ought to have been."""
        off = float(np.square(given.astype(np.float64) - wanted).mean())
        row = (off if np.isfinite(off) else np.inf, -self.samples, np.array(given, np.float32))
        if self.samples < FIRST:
            self.first.append(row)
        elif len(self.worst) < WORST:
            heapq.heappush(self.worst, row)
        elif row[:2] > self.worst[0][:2]:
            heapq.heapreplace(self.worst, row)
        self.samples += 1

    def shown(self) -> list[tuple[float, int, Array]]:
        """MSE, place and what was given, of each that is shown."""
        rows = [*self.first, *sorted(self.worst, key=lambda row: row[:2], reverse=True)]
        return [(off, -place, given) for off, place, given in rows]


@FIGURES.register(Reconstruction)
class ReconstructionFigures(Figures):
    """reconstructions-dev.png, else reconstructions-test.png: in, out, and the difference."""

    def __init__(self) -> None:
        self._parts: dict[str, _Kept] = {}

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Keeps the first, and those that are farthest off."""
        kept = self._parts.setdefault(partition, _Kept())
        for given, wanted in zip(values_of(answers), values_of(batch.truths), strict=True):
            kept.add(given, wanted)

    def draw(self, folder: Path, subject: Subject) -> list[Path]:
        """One sheet."""
        paths: list[Path] = []
        shown = next((name for name in SHEET_OF if name in self._parts), None)
        if subject.image_shape is not None and shown is not None:
            with drawn(folder / f"reconstructions-{shown}.png", paths) as path:
                self._draw(path, shown, subject)
        return paths

    def _draw(self, path: Path, name: str, subject: Subject) -> None:
        kept, part = self._parts[name], getattr(subject.data, name)
        rows = kept.shown()
        tiles, corrupted = [], False
        for _, place, given in rows:
            seen = part.pixels(place)
            wanted = part.truths[place].values
            clean = [] if np.array_equal(seen, wanted) else [wanted / 255]
            corrupted = corrupted or bool(clean)
            out = np.nan_to_num(given.reshape(seen.shape), nan=0.0).clip(0, 1)
            tiles.append(side_by_side([seen / 255, *clean, out, 0.5 + (out - wanted / 255) / 2]))
        order = "in, as it ought to be, out" if corrupted else "in, out"
        note = f"{name}: {order}, difference (light where out is lighter); MSE. The first {len(kept.first)} samples"
        if kept.worst:
            note += f", then the {len(kept.worst)} of {kept.samples} that are farthest off"
        captions = [f"{off:.2g}, {decibel(off):.1f} dB" for off, _, _ in rows]
        files = [part.sources[place] for _, place, _ in rows]
        plots.draw_captioned(path, np.stack(tiles), captions, files, title=subject.title, note=note)


def side_by_side(panels: Sequence[Array]) -> Array:
    """Pictures beside each other, in three channels.  Shapes:  panels: (height, width, channels), 0 to 1"""
    coloured = [np.repeat(panel, 3, axis=2) if panel.shape[2] == 1 else panel[:, :, :3] for panel in panels]
    white = np.ones((coloured[0].shape[0], GAP, 3))
    parts = [part for panel in coloured for part in (white, panel)]
    return np.concatenate(parts[1:], axis=1)
