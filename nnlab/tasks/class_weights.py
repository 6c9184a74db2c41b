"""How much a sample of each class counts, as it is said in settings and for a dataset."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest
from nnlab.core.types import Array

BALANCED = "balanced"

FLAG = "--class-weights"

Said = str | tuple[float, ...] | dict[str, float] | None
"""`balanced`, a number for each class in their order, or numbers by name, others counting 1; None: all alike."""


def parsed(said: Said) -> Said:
    """The same without text but `balanced`: `1,2,0.5` and `cat=2,dog=1` as numbers.

    Raises:  UsageError: it is none of these, or a number that nothing can weigh.
    """
    if said is None or said == BALANCED:
        return said
    if isinstance(said, str):
        words = [word.strip() for word in said.split(",")]
        pairs = [word.rpartition("=") for word in words]
        if all(equals for _, equals, _ in pairs):
            said = {name.strip(): _number(value) for name, _, value in pairs}
            if len(said) < len(words):
                raise UsageError("names a class twice", where=f"{FLAG}={printable(','.join(words))}")
        elif any(equals for _, equals, _ in pairs):
            raise _unreadable(",".join(words))
        else:
            said = tuple(map(_number, words))
    numbers = said.values() if isinstance(said, dict) else said
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise _unreadable(str(number))
        if not (math.isfinite(number) and number >= 0):
            raise UsageError(f"must be at least 0 and finite, got {number:g}", where=FLAG)
    return said


def class_weights(said: Said, names: Sequence[str], labels: Array) -> Array | None:
    """The weight of each class; None where all count alike.

    balanced: n / (k n_c), of n training samples of k classes, n_c of class c: every class counts the same in all

    Options:  labels: of the training samples.
    Shapes:   result: (classes,)
    Raises:   UsageError: it names what is no class, has too many or too few numbers, or nothing counts.
              DataError: balanced, and a class has no training sample.
    Source:   King and Zeng, "Logistic regression in rare events data", 2001; as scikit-learn has it.
    """
    if said is None:
        return None
    if isinstance(said, str):
        return balanced(names, np.bincount(labels, minlength=len(names)))
    if isinstance(said, dict):
        weights = np.array([said.get(name, 1.0) for name in names], np.float64)
        _refuse_unknown(said, names)
    elif len(said) == len(names):
        weights = np.array(said, np.float64)
    else:
        raise UsageError(
            f"is {len(said)} number{'' if len(said) == 1 else 's'}, and the dataset has {len(names)} classes",
            where=f"{FLAG}={','.join(f'{number:g}' for number in said)}",
            hint=f"give one for each of {printable(', '.join(names[:5]))}{', ...' if len(names) > 5 else ''}",
        )
    if len(labels) and not weights[labels].any():
        raise UsageError("leaves no training sample that counts", where=FLAG, hint="give a class more than 0")
    return weights


def balanced(names: Sequence[str], counts: Array) -> Array:
    """n / (k n_c), of how often each class is there. Raises DataError: when one is not. Shapes:  counts: (classes,)"""
    if counts.any() and not counts.all():
        missing = [name for name, count in zip(names, counts, strict=True) if not count]
        shown = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        raise DataError(
            f"no training sample is of {printable(shown)}, and balanced weights divide by how many there are",
            where=f"{FLAG}={BALANCED}",
            hint="add pictures, give training a larger share by --partitions, or say the weights as NAME=WEIGHT",
        )
    weights: Array = counts.sum() / (len(names) * np.maximum(counts, 1))
    return weights


def _refuse_unknown(said: Mapping[str, float], names: Sequence[str]) -> None:
    for name in said:
        if name not in names:
            near = nearest(name, list(names))
            hint = did_you_mean(near) if near else f"its classes are {printable(', '.join(names[:10]))}"
            raise UsageError("the dataset has no such class", where=f"{FLAG}={printable(name)}", hint=hint)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _unreadable(text) from None


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"must be balanced, numbers in the order of the classes, or NAME=WEIGHT,..., got {printable(text)!r}",
        where=FLAG,
    )
