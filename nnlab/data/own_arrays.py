"""Arrays of a program as a dataset: found under a name that their content gives, as long as the program has them."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.truth import Truth, Values
from nnlab.core.types import Array
from nnlab.data.readers.shared.arrays import MOST_CLASSES, Part, labels_at, sourced
from nnlab.data.readers.shared.pixels import Extent, in_unit, pixels_of, refuse_doubtful
from nnlab.data.source import Source

MARK: Final = "arrays:"
"""How such a dataset's name begins, as no folder's does that is named without a path."""

_THERE: "WeakKeyDictionary[Arrays, str]" = WeakKeyDictionary()
"""Those that were offered, and their names. Several may have one name, for it says the content."""

_LOCK = threading.Lock()


@dataclass(eq=False, repr=False)
class Arrays:
    """Pictures and what is true of them, as arrays.

        nnlab.Arrays(x, y)                                  # dealt to training, dev and test as any dataset is
        nnlab.Arrays(x, y, test=(x_test, y_test))           # test is given, dev is dealt from the rest

    Pictures are uint8, or floating-point numbers of 0 to 1 (or to 255, where one is above 2), which become 256 steps.
    uint8 with the channels last is used where it lies: it is to stay as it is while a run trains.

    Shapes:   x: (samples, height, width), or that x 1, 3 or 4 channels, which may also come before height.
              y: (samples,) whole numbers or texts, which are classes; floating-point numbers, which are a regression's:
              (samples,) or (samples, values).
    Options:  classes: their names, by number, where y has numbers from 0; None: y itself names them.
              values: the names of a regression's numbers.
              dev, test: pairs of the same kind, where the set has partitions.
    Raises:   DataError: naming the array, its entry, and what is wrong with it.
    """

    x: InitVar[Any]
    y: InitVar[Any]
    classes: Sequence[str] | None = None
    values: Sequence[str] | None = None
    dev: InitVar[tuple[Any, Any] | None] = None
    test: InitVar[tuple[Any, Any] | None] = None
    _parts: list[Part] = field(init=False)
    _sources: dict[bool, Source] = field(init=False, default_factory=dict)

    def __post_init__(self, x: Any, y: Any, dev: Any, test: Any) -> None:
        self.classes, self.values = _names(self.classes), _names(self.values)
        given = {None if dev is None and test is None else "training": (x, y)}
        given |= {name: _pair(pair, name) for name, pair in (("dev", dev), ("test", test)) if pair is not None}
        pictures = {partition: _array(x, partition or "x") for partition, (x, _) in given.items()}
        extents = [Extent.of(each.dtype, [each]) for each in pictures.values()]
        refuse_doubtful(extents, "x", where=WHERE)
        unit = in_unit(extents)
        self._parts = []
        for partition, (_, y) in given.items():
            name = "x" if partition in (None, "training") else partition
            pixels = pixels_of(pictures[partition], name, where=WHERE, unit=unit)
            truths = _truths(y, "y" if name == "x" else f"{name}'s y")
            if len(pixels) != len(truths):
                what = f"{name} has {len(pixels):,} pictures, and there are {len(truths):,} entries of y"
                raise DataError(what, where=WHERE, hint="each picture needs one entry")
            self._parts.append(Part(name, Path(WHERE), partition, pixels, truths))
        if not len(self._parts[0].pixels):
            raise DataError("x has no pictures", where=WHERE)
        if len({_kind(part.labels) for part in self._parts}) > 1:
            raise DataError("y is of one kind in one partition and of another in another", where=WHERE)
        self.source()  # what is wrong is said now

    @property
    def is_regression(self) -> bool:
        """Whether what is true are numbers that mean themselves."""
        return self._parts[0].labels.dtype.kind == "f"

    @property
    def name(self) -> str:
        """What its content is called: `arrays:` and 16 hexadecimal digits. Read anew each time: arrays may change."""
        digest = hashlib.sha256(repr((self.classes, self.values)).encode())
        for part in self._parts:
            labels = np.ascontiguousarray(part.labels)
            digest.update(repr((part.name, part.pixels.shape, labels.dtype.str, labels.shape)).encode())
            digest.update(part.pixels[:].data)
            digest.update(labels.tobytes())
        return f"{MARK}{digest.hexdigest()[:16]}"

    def source(self, truth: type[Truth] | None = None) -> Source:
        """What the arrays hold. Options:  truth: the kind that is asked for; None: that which y is of.

        Raises:  DataError: when y is not of that kind.
        """
        numbers = self.is_regression if truth is None else truth is Values
        if numbers not in self._sources:
            own = [part.labels for part in self._parts]
            names, truths = _valued(own, self.values) if numbers else _classed(own, self.classes)
            self._sources[numbers] = sourced(Path(self.name), self._parts, names, truths)
        return self._sources[numbers]

    def __len__(self) -> int:
        return sum(len(part.pixels) for part in self._parts)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{part.name} {' x '.join(map(str, part.pixels.shape))}" for part in self._parts)
        names = self.source().names
        listed = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
        return f"Arrays({sizes}; {'values' if self.is_regression else f'{len(names)} classes'}: {listed})"


WHERE: Final = "nnlab.Arrays"
"""Where mistakes in them are."""


def offer(arrays: Arrays) -> str:
    """Has a dataset's name mean these arrays, as long as somebody holds them. Returns the name."""
    name = arrays.name
    with _LOCK:
        _THERE[arrays] = name
    return name


def is_arrays(dataset: str) -> bool:
    """Whether a dataset's name is that of arrays."""
    return dataset.startswith(MARK)


def held(dataset: str) -> Arrays:
    """The arrays of that name. Raises DataError: when the program has none."""
    with _LOCK:
        found = next((arrays for arrays, name in _THERE.items() if name == dataset), None)
    if found is None:
        what = "are arrays of a Python program, not a dataset on disk, and not at hand here"
        raise DataError(what, where=dataset, hint="pass the same arrays: nnlab.train(nnlab.Arrays(x, y), resume=RUN)")
    return found


def _kind(truths: Array) -> str:
    """Numbers, texts, or whole numbers of any size."""
    return {"f": "numbers", "U": "texts", "S": "texts"}.get(truths.dtype.kind, "labels")


Truths = list[Sequence[Truth]]
"""Of the pictures of each part."""


def _classed(parts: Sequence[Array], classes: Sequence[str] | None) -> tuple[tuple[str, ...], Truths]:
    """The names of the classes, and what is true of each part's pictures. Raises DataError: what are no classes."""
    every = np.unique(np.concatenate(parts))
    if every.dtype.kind == "f":
        hint = 'pass task="Regression", or classes as whole numbers: y.astype(int)'
        raise DataError(f"y has numbers ({every.dtype}), not classes", where=WHERE, hint=hint)
    known = every if classes is None else _known(every, classes)
    if len(known) > MOST_CLASSES:
        raise DataError(f"y has {len(known):,} classes (at most {MOST_CLASSES:,})", where=WHERE)
    names = _names(known.tolist()) or ()
    if classes is not None and _kind(every) == "labels":
        return tuple(map(printable, classes)), [labels_at(part.astype(np.intp)) for part in parts]
    order = np.argsort(known)
    return tuple(map(printable, names)), [
        labels_at(order[np.searchsorted(known, part, sorter=order)]) for part in parts
    ]


def _known(every: Array, classes: Sequence[str]) -> Array:
    """The classes that were given, as y says them. Raises DataError: when y has others, or one is given twice."""
    if len(set(classes)) < len(classes):
        twice = next(name for name in classes if list(classes).count(name) > 1)
        raise DataError(f"classes has {twice!r} twice", where=WHERE)
    if _kind(every) == "texts":
        known = np.asarray([name.encode() for name in classes] if every.dtype.kind == "S" else classes)
        if others := sorted(set(every.tolist()) - set(known.tolist())):
            raise DataError(f"y has {others[0]!r}, which is not among the classes", where=WHERE)
        return known
    for label in (int(every[0]), int(every[-1])):
        if not 0 <= label < len(classes):
            raise DataError(f"y has {label}, and the {len(classes)} classes are 0 to {len(classes) - 1}", where=WHERE)
    return np.arange(len(classes))


def _valued(parts: Sequence[Array], names: Sequence[str] | None) -> tuple[tuple[str, ...], Truths]:
    """The names of the numbers, and what is true of each part's pictures. Raises DataError: what are no numbers."""
    if any(part.dtype.kind in "US" for part in parts):
        raise DataError("y has texts, and a regression's are numbers", where=WHERE, hint='leave task="Regression" out')
    rows = [part.astype(np.float64).reshape(len(part), -1) for part in parts]
    widths = {row.shape[1] for row in rows}
    if len(widths) > 1:
        raise DataError("y has another width in one partition than in another", where=WHERE)
    (width,) = widths
    own = names or (("value",) if width == 1 else tuple(f"value_{place}" for place in range(width)))
    if len(own) != width or len(set(own)) < width:
        what = f"y has {width} numbers a picture, and values names {len(set(own))}"
        raise DataError(what, where=WHERE, hint="name each once")
    return tuple(map(printable, own)), [[Values(tuple(row)) for row in part.tolist()] for part in rows]


def _names(given: Sequence[Any] | None) -> tuple[str, ...] | None:
    """As texts: a list, a tuple and an array of the same names are the same."""
    if given is None:
        return None
    return tuple(each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in given)


def _array(given: Any, name: str) -> Array:
    """Raises DataError: for rows that do not fit together."""
    try:
        return np.asarray(given)
    except ValueError as error:
        raise DataError(f"{name} cannot be an array ({error})", where=WHERE, hint="all rows have one shape") from error


def _pair(pair: Any, name: str) -> tuple[Any, Any]:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise DataError(
            f"{name} must be a pair of pictures and what is true of them", where=WHERE, hint=f"{name}=(x, y)"
        )
    return pair[0], pair[1]


def _truths(y: Any, name: str) -> Array:
    """(samples,) or (samples, values): texts, whole numbers or float64. Raises DataError: what cannot be either."""
    truths = _array(y, name)
    if truths.dtype.kind == "O" and truths.ndim == 1 and all(isinstance(each, str) for each in truths):
        truths = truths.astype(str)
    kind = truths.dtype.kind
    if truths.ndim == 2 and (truths.shape[1] == 1 or kind == "f"):
        truths = truths[:, 0] if truths.shape[1] == 1 else truths
    elif truths.ndim != 1:
        shape = " x ".join(map(str, truths.shape))
        hint = "it has one entry for each picture; of one-hot rows: y.argmax(axis=1)"
        raise DataError(f"{name} has the shape {shape}", where=WHERE, hint=hint)
    if kind not in "USbuif":
        what = f"{name} has the type {truths.dtype}"
        raise DataError(what, where=WHERE, hint="classes are whole numbers or texts, a regression's numbers float")
    if kind == "f" and not np.isfinite(truths).all():
        first = np.argwhere(~np.isfinite(truths))[0].tolist()
        raise DataError(f"{name} is {truths[tuple(first)]} at {first}", where=WHERE, hint="leave such pictures out")
    return truths.astype(np.float64) if kind == "f" else truths.copy()
