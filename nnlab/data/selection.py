"""`--filter-dataset`: which samples of a set are used."""

from dataclasses import replace

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.truth import Label
from nnlab.core.truths import labels_of
from nnlab.data.source import Source

Ranges = tuple[tuple[int, int], ...]
"""First and last index of each range, both included."""


def parse_selection(text: str) -> Ranges | None:
    """The ranges of a text such as `1,3,5-8`; None for `all`. Raises ValueError: in words for a user."""
    if text.strip().lower() == "all":
        return None
    ranges = []
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not (first.isascii() and first.isdigit()) or (dash and not (last.isascii() and last.isdigit())):
            raise ValueError(f"must be all, or indices and ranges such as 1,3,5-8, got {text!r}")
        low, high = int(first), int(last or first)
        if high < low:
            raise ValueError(f"the range {part.strip()} runs backwards; write {high}-{low}")
        ranges.append((low, high))
    return tuple(ranges)


def select(found: Source, text: str) -> Source:
    """The chosen samples of a set, each once, in the order of the set, and the classes that they are of.

    Raises:  DataError: when an index is beyond the set, or fewer than two classes are left of several.
    """
    ranges = parse_selection(text)
    samples = found.samples
    if ranges is not None:
        for low, high in ranges:
            if high >= len(samples):
                raise DataError(
                    f"sample {max(low, len(samples))} is beyond the set's {len(samples)} samples",
                    where=f"--filter-dataset={text}",
                    hint=f"the last is {len(samples) - 1}",
                )
        samples = tuple(s for s in samples if any(low <= s.number <= high for low, high in ranges))
    chosen = replace(found, samples=samples)
    return _of_its_classes(chosen, text) if chosen.labelled else chosen


def _of_its_classes(chosen: Source, text: str) -> Source:
    """Without the classes that no sample is of; the others numbered anew."""
    present = labels_of([sample.truth for sample in chosen.samples])
    labels = sorted(set(present.tolist()))
    names = tuple(chosen.names[label] for label in labels)
    if len(names) < 2:
        where = f"--filter-dataset={text}" if len(chosen.names) > 1 else printable(chosen.folder)
        raise DataError(f"has one class only ({names[0]})", where=where, hint="telling apart needs two")
    renumbered = {label: Label(place) for place, label in enumerate(labels)}
    samples = tuple(
        replace(sample, truth=renumbered[int(label)]) for sample, label in zip(chosen.samples, present, strict=True)
    )
    return replace(chosen, names=names, samples=samples)
