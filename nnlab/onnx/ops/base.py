"""The contract of an operator, and the table of those that there are, keyed (domain, name, since-version)."""

import dataclasses
import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.registry import Loading, entry_points
from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.facts import Facts
from nnlab.onnx.precision import like, wide

Value = Any
"""What flows between nodes: an array; a list for a sequence; None for an optional that is empty or left out."""

Values = tuple[Value, ...]
Gradients = tuple[Array | None, ...]

C = TypeVar("C", bound="type[Operator]")


@dataclass(frozen=True, kw_only=True, eq=False)
class Operator(Facts, ABC):
    """An operator with its attributes: the fields, under their ONNX names, with their ONNX defaults.

        @OPERATORS.register("LeakyRelu", since=(1, 6, 16))
        @dataclass(frozen=True, kw_only=True, eq=False)
        class LeakyRelu(Operator):
            alpha: float = 0.01

            def forward(self, x): ...
            def backward(self, dys, inputs, outputs): ...

    One class may serve several versions; fields that only some of them have stay at their default in the others.

    Options:  outputs: how many outputs the node asks for, names left out at the end not counted.
              opset: the version of the operator's domain that the model asks for.
    """

    outputs: int = 1
    opset: int = 0
    domain: ClassVar[str] = ""
    name: ClassVar[str] = ""
    since: ClassVar[tuple[int, ...]] = ()
    renamed: ClassVar[Mapping[str, str]] = {}
    """Attributes whose field has another name, because theirs means something else here."""

    @abstractmethod
    def forward(self, *inputs: Any, **more: Any) -> Value:
        """The output, or a tuple of them; inputs left out are None. Nothing given is written to."""

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """The gradient with respect to each input, None for those that have none (indices, shapes).

        Options:  dys: the gradient with respect to each output, None for those that nobody used.
        Raises:  NoGradientError: where the operator has none.
        """
        raise NoGradientError(f"{self.name} has no gradient")

    @property
    def differentiable(self) -> bool:
        """Whether `backward` is written."""
        return type(self).backward is not Operator.backward


class ControlFlow(Operator):
    """An operator that runs graphs, which may read every name of the graphs around them.

    Its attributes that are graphs are given as `Subgraph`; `forward` gets the values around it as `scope`.
    """

    def backward_around(
        self, dys: Gradients, inputs: Values, outputs: Values, scope: Mapping[str, Value]
    ) -> tuple[Gradients, Mapping[str, Array]]:
        """The gradient with respect to each input, and by name that of what its graphs read from around it.

        Raises:  NoGradientError: where the operator has none.
        """
        raise NoGradientError(f"{self.name} has no gradient")


class Subgraph(Protocol):
    """A graph inside an operator, ready to run."""

    @property
    def outputs(self) -> Sequence[Any]:
        """What it gives, as it declares it (ValueView)."""
        ...

    def __call__(self, scope: Mapping[str, Value], *inputs: Value) -> Values:
        """Its outputs; `scope` has the values around it."""
        ...

    def gradients(
        self, scope: Mapping[str, Value], inputs: Values, dys: Gradients
    ) -> tuple[Gradients, Mapping[str, Array]]:
        """Of one run on the hand-written engine: the gradient of each input, and by name those of what it reads from
        around it."""
        ...


class NoGradientError(UsageError):
    """A gradient is asked of an operator that has none."""


class Operators:
    """The table: for a node's domain, name and the version that its model asks for, the class that computes it."""

    def __init__(self) -> None:
        self._table: dict[tuple[str, str, int], type[Operator]] = {}
        self._load = Loading(self._import_all)

    def register(self, name: str, *, since: int | tuple[int, ...], domain: str = "") -> Callable[[C], C]:
        """Class decorator: offers the class for these since-versions. Raises UsageError: if one is taken."""
        versions = (since,) if isinstance(since, int) else since

        def offered(cls: C) -> C:
            cls.name, cls.domain, cls.since = name, domain, versions
            for version in versions:
                key = (domain, name, version)
                if key in self._table:
                    raise UsageError(f"two classes compute {name} of version {version}")
                self._table[key] = cls
            return cls

        return offered

    def get(self, domain: str, name: str, since: int) -> type[Operator] | None:
        """The class for this since-version; None if there is none."""
        self._load()
        return self._table.get((domain, name, since))

    def named(self, name: str, domain: str = "") -> type[Operator] | None:
        """The class of its newest version; None if there is none."""
        self._load()
        own = "" if domain == "ai.onnx" else domain
        since = [key[2] for key in self._table if key[:2] == (own, name)]
        return self._table[own, name, max(since)] if since else None

    def newest(self, domain: str, name: str, asked: int) -> int | None:
        """The newest since-version that is not newer than what a model asks for; None if there is none."""
        return max((since for d, n, since in self.keys() if (d, n) == (domain, name) and since <= asked), default=None)

    def __iter__(self) -> Iterator[type[Operator]]:
        """Every class once, by name."""
        self._load()
        return iter(sorted(set(self._table.values()), key=lambda cls: (cls.domain, cls.name, cls.since)))

    def keys(self) -> list[tuple[str, str, int]]:
        """Every (domain, name, since-version), sorted."""
        self._load()
        return sorted(self._table)

    def _import_all(self) -> None:
        package = importlib.import_module("nnlab.onnx.ops")
        for module in pkgutil.iter_modules(package.__path__, "nnlab.onnx.ops."):
            importlib.import_module(module.name)
        for point in entry_points(group="nnlab.onnx.ops"):
            point.load()


OPERATORS = Operators()
"""Every operator that the hand-written engine computes."""


def made(cls: type[Operator], attributes: Mapping[str, Any], *, where: str, outputs: int, opset: int) -> Operator:
    """An operator from a node's attributes; lists become tuples.

    Raises:  DataError: naming an attribute that the operator does not have.
    """
    known = {field.name for field in dataclasses.fields(cls)} - {"outputs", "opset"}
    values = {}
    for name, value in attributes.items():
        field = cls.renamed.get(name, name)
        if field not in known:
            raise DataError(f"{cls.name} has no attribute {name}", where=f"node {where}")
        values[field] = tuple(value) if isinstance(value, list) else value
    try:
        return cls(**values, outputs=outputs, opset=opset)
    except TypeError as error:  # one that has to be given is not
        raise DataError(f"{cls.name}: {error}", where=f"node {where}") from None


def reduced_to(gradient: Array, shape: Shape) -> Array:
    """The gradient of an input that was broadcast: summed over the axes along which it was repeated."""
    added = gradient.ndim - len(shape)
    axes = tuple(range(added)) + tuple(
        axis + added for axis, size in enumerate(shape) if size == 1 and gradient.shape[axis + added] != 1
    )
    summed: Array = like(wide(gradient).sum(axis=axes, keepdims=True), gradient) if axes else gradient
    return summed.reshape(shape)


def added(left: Value, right: Value) -> Value:
    """The sum of two gradients of one value, of sequences item by item."""
    if isinstance(left, list):
        return [
            added(a, b) if a is not None and b is not None else a if b is None else b
            for a, b in zip(left, right, strict=True)
        ]
    return left + right


def normalised_axes(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Axes counted from the end made to count from 0. Raises UsageError: for one that is not there."""
    for axis in axes:
        if not -rank <= axis < max(rank, 1):
            raise UsageError(f"there is no axis {axis} in a tensor of rank {rank}")
    return tuple(int(axis) % rank if rank else 0 for axis in axes)


def is_float(array: Value) -> bool:
    """Whether a value is an array of floating-point numbers, so that a gradient can belong to it."""
    return isinstance(array, np.ndarray) and (array.dtype.kind == "f" or array.dtype.name == "bfloat16")
