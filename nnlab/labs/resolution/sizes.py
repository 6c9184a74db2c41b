"""The sizes of a resolution lab: pixels, or factors of the size that a run is tested with; multiples of the stride."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.labs.resolution.subject import Size, Subject

MOST_SIDE = 4096
"""Of a picture that a lab makes."""


@dataclass(frozen=True)
class Suggested:
    """What crops that were stretched suggest.

    Options:  area, linear: what training showed.  by_linear, by_area: the sizes that make up for it, as FixRes and as
              ENS count; of a run without such crops its own size.
    """

    area: float
    linear: float
    by_linear: Size
    by_area: Size


def suggested(subject: Subject) -> Suggested:
    """The sizes at which things are as large as in training."""
    area, linear = subject.crops
    return Suggested(area, linear, at_factor(subject, 1 / linear), at_factor(subject, 1 / area))


def at_factor(subject: Subject, factor: float) -> Size:
    """The run's size times a factor, sides being the nearest multiples of the stride; itself for 1."""
    if factor == 1:
        return subject.size
    width, height = (_multiple(side * factor, subject.stride) for side in subject.size)
    return width, height


def sizes_of(words: Sequence[str], subject: Subject, *more: Size) -> list[Size]:
    """Every size that is meant, from small to large, the run's own always among them.

    Options:  words: with a point a factor ("1.5"), without one pixels of the width ("48").  more: further sizes.
    Raises:   UsageError or Mistakes: one that is not above the stride, or that the network cannot take.
    """
    found, mistakes = [subject.size, *more], list[NnlabError]()
    for word in words:
        if "." not in word and not word.isdecimal():
            hint = "write pixels (48), or with a point a factor (1.5)"
            mistakes.append(UsageError(f"{word} is no whole number of pixels", where="--sizes", hint=hint))
            continue
        size = at_factor(subject, float(word)) if "." in word else _of_width(int(word), subject)
        asked = round(min(subject.size) * float(word)) if "." in word else int(word)
        if subject.stride > 1 and asked <= subject.stride:
            what = f"{word} is {asked} pixels, not above the network's stride of {subject.stride}"
            mistakes.append(UsageError(what, where="--sizes", hint="use larger ones"))
        elif max(size) > MOST_SIDE:
            what = f"{word} is {max(size)} pixels"
            mistakes.append(UsageError(what, where="--sizes", hint=f"use at most {MOST_SIDE}"))
        else:
            found.append(size)
    if mistakes:
        raise as_one(mistakes)
    for size in dict.fromkeys(found):
        subject.require(size)
    return sorted(dict.fromkeys(found))


def _of_width(width: int, subject: Subject) -> Size:
    own = subject.size
    if width == own[0]:
        return own
    height = round(width * own[1] / own[0])
    return _multiple(width, subject.stride), _multiple(height, subject.stride)


def _multiple(side: float, stride: int) -> int:
    return max(stride, round(side / stride) * stride)


def named(size: Size) -> str:
    """48, or 48x36."""
    return str(size[0]) if size[0] == size[1] else f"{size[0]}x{size[1]}"
