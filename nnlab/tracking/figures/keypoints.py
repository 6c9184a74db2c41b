"""The figures of key points: how far off they are, point by point, and the pictures with the largest distances."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Points, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array
from nnlab.metrics.points import distances
from nnlab.tasks.keypoints import Keypoints
from nnlab.tracking import plots
from nnlab.tracking.canvas import FAINT, draw_title, figure_at
from nnlab.tracking.figures.base import FIGURES, Figures, Subject, drawn
from nnlab.tracking.figures.general import MOST_SAMPLES, SHEET_OF, inputs
from nnlab.tracking.marks import COLOURS, moved_points
from nnlab.tracking.pictures.mistakes import WORST
from nnlab.tracking.sheet import as_shown, to_size

MOST_POINTS = len(COLOURS)
"""How many points get a curve of their own: the first ones."""

FARTHEST = 0.95
"""The distances that a figure has room for: this share of them; the others are the tail."""


@FIGURES.register(Keypoints)
class KeypointsFigures(Figures):
    """distances-dev.png, distances-test.png, and samples.png with the farthest off first."""

    def __init__(self) -> None:
        self._parts: dict[str, list[tuple[Sequence[Truth], Sequence[Truth]]]] = {}

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Keeps answers and truths: a few numbers for each sample."""
        self._parts.setdefault(partition, []).append((tuple(answers), tuple(batch.truths)))

    def draw(self, folder: Path, subject: Subject) -> list[Path]:
        """One plot for each partition, one sheet."""
        paths: list[Path] = []
        for name in self._parts:
            off, seen = distances(*self._of(name))
            if seen.any():
                with drawn(folder / f"distances-{name}.png", paths) as path:
                    draw_distances(path, off, seen, subject.data.names, title=f"{subject.title} · {name}")
        shown = next((name for name in SHEET_OF if self._parts.get(name)), None)
        if subject.image_shape is not None and shown is not None:
            with drawn(folder / "samples.png", paths) as path:
                self._draw_worst(path, shown, subject)
        return paths

    def _of(self, partition: str) -> tuple[list[Points], list[Points]]:
        parts = self._parts[partition]
        said, true = ([truth for part in parts for truth in part[side]] for side in (0, 1))
        return list(of_kind(said, Points)), list(of_kind(true, Points))

    def _draw_worst(self, path: Path, name: str, subject: Subject) -> None:
        said, true = self._of(name)
        off, seen = distances(said, true)
        wrong = Keypoints().mistakes(said, true)
        chosen = np.argsort(-wrong, kind="stable")[: min(subject.samples or WORST, MOST_SAMPLES)]
        images = inputs(getattr(subject.data, name), chosen).reshape(len(chosen), *(subject.image_shape or ()))
        pixels = np.round(as_shown(images) * 255).astype(np.uint8)
        sized = to_size(pixels)
        scale = sized.shape[2] / pixels.shape[2]
        marked = [
            moved_points(true[place], said[place], picture, scale)
            for place, picture in zip(chosen.tolist(), sized, strict=True)
        ]
        first = [_off(wrong[place]) if seen[place].any() else "all hidden" for place in chosen]
        second = [_farthest(off[place], seen[place], subject.data.names) for place in chosen]
        note = f"{name}: the {len(chosen)} of {len(true)} that are farthest off; "
        note += "dots are where points were said to be, lines lead to where they are"
        title = f"{subject.title} · what the network sees"
        plots.draw_captioned(path, np.stack(marked) / 255, first, second, title=title, note=note)


def draw_distances(path: Path, off: Array, seen: Array, names: Sequence[str], *, title: str) -> None:
    """The share of each point's samples that are no farther off than so many pixels."""
    known = off[seen & np.isfinite(off)]
    most = max(float(np.quantile(known, FARTHEST)) if known.size else 1.0, 1.0) * 1.05
    shown = names[:MOST_POINTS]
    note = f"{int(seen.sum()):,} points that can be seen" + (
        f", the first {MOST_POINTS} of {len(names)} points" if names[MOST_POINTS:] else ""
    )
    with figure_at(path, 6.4, 4.2) as figure:
        draw_title(figure, title, note)
        axes = figure.add_axes((0.09, 0.12, 0.87, 0.7))
        for place, name in enumerate(shown):
            own = np.sort(off[:, place][seen[:, place]])
            if len(own):
                shares = np.arange(len(own) + 1) / len(own)
                line = {"color": COLOURS[place], "linewidth": 1.6, "label": name}
                axes.step(np.concatenate([[0], own]), shares, where="post", **line)
        axes.set_xlim(0, most)
        axes.set_ylim(0, 1.02)
        axes.grid(color=FAINT, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlabel("pixels off")
        axes.text(0, 1.03, "share of the points within", transform=axes.transAxes)
        axes.legend(loc="lower right", frameon=False)


def _off(pixels: float) -> str:
    return f"{pixels:.1f} px off" if np.isfinite(pixels) else "no place was said"


def _farthest(off: Array, seen: Array, names: Sequence[str]) -> str:
    if not seen.any():
        return ""
    place = int(np.argmax(np.where(seen, np.nan_to_num(off, nan=np.inf), -1)))
    return f"{names[place]} by {off[place]:.1f}" if np.isfinite(off[place]) else f"{names[place]} is nowhere"
