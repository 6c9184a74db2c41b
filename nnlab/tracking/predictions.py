"""What the best weights answer, sample by sample: predictions.jsonl, written while dev and test are scored."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import singledispatch
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.pictures import Picture, values_of
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth, Values, Vector
from nnlab.core.truths import Labels
from nnlab.core.types import Array
from nnlab.metrics.pictures import decibel
from nnlab.tracking.files import draft_at, to_json, write_whole, writing
from nnlab.training.callback import Callback

NAMED = 3
"""Boxes that are told one by one; of more, how many there are."""

Shown = Callable[[Sequence[Truth]], Sequence[Truth]]
"""What of answers people are shown."""

MOST_NUMBERS = 4
"""How many of a row of numbers are said in words."""


@singledispatch
def told(truth: Truth, names: Sequence[str]) -> Any:
    """A truth, or an answer, as JSON has it. Options:  names: of the classes, or of the numbers."""
    raise TypeError(f"no JSON for {type(truth).__name__}")


@told.register
def _label(truth: Label, names: Sequence[str]) -> Any:
    return names[truth.index] if truth.index >= 0 else None


@told.register
def _values(truth: Values, names: Sequence[str]) -> Any:
    return dict(zip(names, truth.numbers, strict=True))


@told.register
def _vector(truth: Vector, names: Sequence[str]) -> Any:
    return list(truth.numbers)


@told.register
def _mask(truth: Mask, names: Sequence[str]) -> Any:
    classes, counts = np.unique(truth.pixels, return_counts=True)
    return {names[i]: count for i, count in zip(classes, counts, strict=True) if i < len(names)}


@told.register
def _boxes(truth: Boxes, names: Sequence[str]) -> Any:
    boxes = [{"label": names[i], "box": box} for i, box in zip(truth.labels, truth.corners, strict=True)]
    if truth.scores is None:
        return boxes
    return [box | {"score": score} for box, score in zip(boxes, truth.scores, strict=True)]


@told.register
def _points(truth: Points, names: Sequence[str]) -> Any:
    said = [place if seen else None for place, seen in zip(truth.places, truth.seen, strict=True)]
    if truth.scores is None:
        return dict(zip(names, said, strict=True))
    scored = zip(names, said, truth.scores, strict=True)
    return {name: {"place": place, "score": score} for name, place, score in scored}


@told.register
def _picture(truth: Picture, names: Sequence[str]) -> Any:
    """Its pixels are too many: how far they are from those that it was made of, else how bright and how varied."""
    name = names[0] if names else "pixels"
    values = values_of([truth])[0].astype(np.float64)
    if truth.given is None:
        return {name: {"mean": _short(values.mean()), "deviation": _short(values.std())}}
    mse = float(np.square(values - truth.given.reshape(-1) / 255).mean())
    return {name: {"mse": _short(mse), "psnr": _short(decibel(mse))}}


def _short(number: float) -> float:
    return float(f"{number:.5g}")


def in_words(value: Any) -> str:
    """What `told` gave, for a caption: cat, angle 12.5, nose (3, 4.5), nose (3, 4.5) 90%, horse 92%, or 5 things."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if _is_scored(value):
        what = value["label"] if "label" in value else in_words(value["place"])
        return what if value["score"] is None else f"{what} {value['score']:.0%}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {in_words(part)}" for name, part in value.items())
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list) and value and all(isinstance(part, (int, float)) for part in value):
        shown = ", ".join(f"{part:.4g}" for part in value[:MOST_NUMBERS])
        return f"({shown})" if len(value) <= MOST_NUMBERS else f"({shown}, ... {len(value)} numbers)"
    if isinstance(value, list) and 0 < len(value) <= NAMED and all(_is_scored(part) for part in value):
        return ", ".join(map(in_words, value))
    if isinstance(value, list):
        return f"{len(value)} thing{'' if len(value) == 1 else 's'}"
    return "none" if value is None else str(value)


def _is_scored(value: Any) -> bool:
    """Whether it is a thing that is told with how sure it is."""
    return isinstance(value, Mapping) and "score" in value


def rows(
    partition: str, batch: Batch, answers: Sequence[Truth], losses: Array, names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """A row for each sample: what is true of it, what was said, what that lost, and how sure it is, where the answers
    know."""
    each = zip(batch.sources, batch.truths, answers, losses.tolist(), strict=True)
    for place, (source, truth, answer, loss) in enumerate(each):
        said = {"actual": told(truth, names), "predicted": told(answer, names), "loss": loss}
        yield {"partition": partition, "source": source} | said | _sure(answers, answer, place)


def _sure(answers: Sequence[Truth], answer: Truth, place: int) -> dict[str, Any]:
    if not isinstance(answers, Labels) or answers.scores is None or not isinstance(answer, Label):
        return {}
    scores = answers.scores[place]
    return {"confidence": scores[answer.index] if answer.index >= 0 else None, "probabilities": scores}


class PredictionsWriter(Callback):
    """Writes predictions.jsonl batch by batch, so that memory never holds the answers of a whole partition.

    Options:  path: the file, which is not there until `close`.  names: of the classes, or of the numbers.
              shown: what of the answers is told, as the task says.
    """

    def __init__(self, path: Path, names: Sequence[str], shown: Shown = lambda answers: answers):
        self.path, self.names, self.shown = path, names, shown
        self._held, self._lost = ExitStack(), False
        self._draft: tuple[Path, BinaryIO] | None = None
        self._starts: dict[str, int] = {}  # where in the file each partition's rows begin, in bytes
        self._size = 0

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """Adds a batch's rows. Raises RunError: when the disk takes no more; then nothing is left of them."""
        told_of = rows(partition, batch, self.shown(answers), losses, self.names)
        text = "".join(f"{to_json(row)}\n" for row in told_of).encode()
        try:
            with writing(self.path):
                self._draft = self._draft or self._held.enter_context(draft_at(self.path.parent))
                self._draft[1].write(text)
        except BaseException:
            self.discard()
            raise
        self._starts.setdefault(partition, self._size)
        self._size += len(text)

    def discard(self) -> None:
        """Lets go of the rows so far: none of them stays, and `close` makes no file."""
        self._lost = True
        self._held.close()

    def close(self, whole: Collection[str]) -> None:
        """Makes the rows so far the file; an empty one, where nothing was answered, and none, where rows were lost.

        Options:  whole: the partitions whose every sample was answered; of others nothing is told.
        Raises:   RunError: as `answered`.
        """
        if self._lost:
            return
        if self._draft is None:
            write_whole(self.path, "")
            return
        draft, file = self._draft
        with self._held, writing(self.path):
            file.flush()
            if cut := [start for partition, start in self._starts.items() if partition not in whole]:
                file.truncate(min(cut))
            os.fsync(file.fileno())
            draft.replace(self.path)
