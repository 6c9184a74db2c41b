"""Writes the pictures of a run, and pictures.jsonl, which says what they are."""

import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.evenly import evenly
from nnlab.core.truth import Truth
from nnlab.core.types import Pixels
from nnlab.data.partition import Data, Partition
from nnlab.tracking.files import draft_name, to_json, write_whole, writing
from nnlab.tracking.pictures.mistakes import WORST, Answered
from nnlab.tracking.pictures.thumbnail import SIDES, png, thumbnail
from nnlab.tracking.predictions import told

CELLS, OF_A_CELL, SEEN = 30, 3, 16
"""How many pictures of a partition's confusions, of one of them, and of training as it was seen."""

ROOM = 900_000
"""Bytes of all pictures, one that is shown twice counted twice: they go into a page of 2 MB, a third larger as text."""

GAP = 4
"""Pixels between what is true and what was said."""

TRIED = 12
"""How many are made to find out how small all have to be."""

KEPT = ("source", "actual", "predicted", "confidence", "loss")
"""What pictures.jsonl has of a row of predictions.jsonl."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture to be written.

    Options:  row: what pictures.jsonl says of it.  place: it has, of its partition.
              answer: what was said of places in it, to be drawn beside what is true; None for nothing.
    """

    row: Mapping[str, Any]
    place: tuple[str, int]
    pixels: Pixels
    truth: Truth
    answer: Truth | None = None

    def small(self, names: Sequence[str], side: int) -> Pixels:
        """As a thumbnail; where something was said of places, two of them: what is true, and what was said."""
        shown = thumbnail(self.pixels, self.truth, names, side)
        if self.answer is None:
            return shown
        gap = np.full((len(shown), GAP, shown.shape[2]), 255, np.uint8)
        return np.concatenate([shown, gap, thumbnail(self.pixels, self.answer, names, side)], axis=1)


def write_pictures(folder: Path, data: Data, answered: Mapping[str, Answered], whole: Collection[str]) -> None:
    """Writes pictures/0001.png, ... and pictures.jsonl into a run folder, where there is anything to show.

    Options:  answered: by partition, in the order of the rows of predictions.jsonl, which must be there.
              whole: the partitions whose every sample was answered.
    Raises:   RunError: when the disk takes no more; then there is no pictures.jsonl.
    """
    pictures = [*_of_answers(folder / "predictions.jsonl", data, answered, whole), *_seen(data.training, data.names)]
    encoded = _encoded(pictures, data.names)
    files, rows, used = dict[tuple[str, int], str](), list[str](), 0
    draft = draft_name(folder / "pictures")
    try:
        with writing(folder / "pictures"):
            draft.mkdir()
            for picture in pictures:
                content = encoded[picture.place]
                if (used := used + len(content)) > ROOM:
                    break
                if picture.place not in files:
                    files[picture.place] = f"pictures/{len(files) + 1:04}.png"
                    (draft / Path(files[picture.place]).name).write_bytes(content)
                rows.append(to_json({"file": files[picture.place], **picture.row}))
            if files:
                draft.replace(folder / "pictures")
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    write_whole(folder / "pictures.jsonl", "".join(f"{row}\n" for row in rows))


def _of_answers(
    predictions: Path, data: Data, answered: Mapping[str, Answered], whole: Collection[str]
) -> Iterator[Picture]:
    chosen, start = dict[int, list[tuple[str, int, int]]](), 0  # by line of the file: why, rank, place
    lines: dict[int, tuple[str, int]] = {}
    for name, those in answered.items():
        if name not in whole:
            break  # of it, and what came after it, nothing is in the file
        for why, places in (("wrong", those.worst(WORST)), ("cell", those.of_cells(OF_A_CELL, CELLS))):
            for rank, place in enumerate(places, 1):
                chosen.setdefault(start + place, []).append((why, rank, place))
                lines[start + place] = name, place
        start += len(those)
    told_of = _lines(predictions, lines)
    order = ((why, line, rank) for line, uses in chosen.items() for why, rank, _ in uses)
    for why, line, rank in sorted(order, key=lambda use: (use[0] != "wrong", lines[use[1]][0], use[2])):
        if line in told_of:
            (name, place), said = lines[line], told_of[line]
            part: Partition = getattr(data, name)
            row = {"why": why, "partition": name} | {key: said.get(key) for key in KEPT} | {"rank": rank}
            yield Picture(row, (name, place), part.pixels(place), part.truths[place], answered[name].answers.get(place))


def _lines(path: Path, wanted: Collection[int]) -> dict[int, dict[str, Any]]:
    """Some lines of a JSON Lines file; none where there is no file."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {number: json.loads(line) for number, line in enumerate(file) if number in wanted}


def _seen(training: Partition, names: Sequence[str]) -> Iterator[Picture]:
    """Samples spread evenly over training, as its first epoch has them."""
    places = evenly(range(len(training)), SEEN)
    found = training.versions(places, 1)
    for rank, (place, clone) in enumerate(((place, 0) for place in places), 1):
        if (place, clone) in found:  # a sampler may leave samples out
            pixels, truth = found[place, clone]
            row = {"why": "seen", "partition": "training", "source": training.sources[place]}
            yield Picture(row | {"actual": told(truth, names), "rank": rank}, ("training", place), pixels, truth)


def _encoded(pictures: Sequence[Picture], names: Sequence[str]) -> dict[tuple[str, int], bytes]:
    """Each as a PNG, the larger the fewer bytes they take; by place."""
    tried = pictures[:: max(1, len(pictures) // TRIED)]
    for side in SIDES:
        sizes = [len(png(one.small(names, side))) for one in tried]
        if sum(sizes) * len(pictures) <= ROOM * len(tried):
            break
    own = {one.place: one for one in pictures}
    return {place: png(one.small(names, side)) for place, one in own.items()}
