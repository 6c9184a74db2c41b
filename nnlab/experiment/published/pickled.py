"""Reads a pickle that holds tensors, and runs nothing that it names.

A pickle is a program: where it names a function, Python's reader imports and calls that. This one knows a dozen names,
none of which is looked up anywhere, and refuses every other before anything is imported.
`torch.load(weights_only=True)` does the same and needs torch, without which the NumPy backend trains too.
"""

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array

STORAGES = {
    "FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "BFloat16Storage": "bfloat16",
    "LongStorage": "<i8", "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "<i1", "ByteStorage": "<u1",
    "BoolStorage": "<b1",
}  # fmt: skip
"""The kinds of memory that torch has numbers in, and how they are written."""

WRONG = (
    pickle.UnpicklingError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
    RecursionError, ImportError, MemoryError,
)  # fmt: skip
"""What Python's reader raises for bytes that are no pickle, or for one that uses what it names otherwise."""


@dataclass(slots=True)
class Storage:
    """Numbers in a row, which lie elsewhere in the file.

    Options:  kind: how they are written.  count: how many.  data: their bytes, once they were read.
    """

    key: str
    kind: str
    count: int
    data: bytes = field(default=b"", repr=False)

    @property
    def item_bytes(self) -> int:
        """Bytes of one number."""
        return 2 if self.kind == "bfloat16" else np.dtype(self.kind).itemsize

    def __setstate__(self, state: object) -> None:
        raise pickle.UnpicklingError("numbers that are said twice")

    @property
    def numbers(self) -> Array:
        """The numbers; those of 16 bits widened to 32, which every value of theirs is one of."""
        return widened(self.kind, self.data)


def widened(kind: str, data: bytes) -> Array:
    """Numbers from their bytes, halves as float32. A bfloat16 is the upper half of a float32."""
    if kind == "bfloat16":
        return (np.frombuffer(data, "<u2").astype("<u4") << np.uint32(16)).view("<f4")
    numbers = np.frombuffer(data, kind)
    return numbers.astype(np.float32) if numbers.dtype.itemsize == 2 and numbers.dtype.kind == "f" else numbers


@dataclass(frozen=True, slots=True)
class Tensor:
    """A view of a storage, as torch lays it."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def __setstate__(self, state: object) -> None:
        """Nothing: a pickle says all of a tensor where it makes it."""

    def array(self) -> Array:
        """The numbers. Raises ValueError: for a view that reaches beyond its storage."""
        whole = (*self.shape, *self.strides, self.offset)
        if len(self.shape) != len(self.strides) or any(type(n) is not int or n < 0 for n in whole):
            raise ValueError("a tensor has no sound shape")
        numbers, count = self.storage.numbers, int(np.prod(self.shape, dtype=object))
        last = self.offset + sum((n - 1) * stride for n, stride in zip(self.shape, self.strides, strict=True))
        if count and (last >= len(numbers) or count > len(numbers)):
            raise ValueError("a tensor reaches beyond its numbers")
        if not count:
            return np.empty(self.shape, numbers.dtype)
        steps = tuple(stride * numbers.itemsize for stride in self.strides)
        return np.lib.stride_tricks.as_strided(numbers[self.offset :], self.shape, steps, writeable=False)


class _Named:
    """Stands for a function of torch. Without attributes, so that a pickle cannot set any."""

    __slots__ = ()


class _RebuildTensor(_Named):
    __slots__ = ()

    def __call__(self, storage: Storage, offset: int, shape: Any, strides: Any, *rest: Any) -> Tensor:
        if not isinstance(storage, Storage):
            raise TypeError("a tensor of something else than numbers")
        return Tensor(storage, offset, tuple(shape), tuple(strides))


class _RebuildParameter(_Named):
    """Also of files of before torch 0.4, which say of each parameter after it what it is besides."""

    __slots__ = ()

    def __call__(self, tensor: Tensor, *rest: Any) -> Tensor:
        return tensor


class _Size(_Named):
    __slots__ = ()

    def __call__(self, sizes: Any = ()) -> tuple[Any, ...]:
        return tuple(sizes)


NAMES: Mapping[str, Any] = {
    "collections.OrderedDict": OrderedDict,
    "torch._utils._rebuild_tensor": _RebuildTensor(),
    "torch._utils._rebuild_tensor_v2": _RebuildTensor(),
    "torch._utils._rebuild_parameter": _RebuildParameter(),
    "torch.nn.parameter.Parameter": _RebuildParameter(),
    "torch.Size": _Size(),
    **{f"torch.{name}": kind for name, kind in STORAGES.items()},
}
"""Everything that a pickle may name."""


class Unpickler(pickle.Unpickler):
    """Reads one pickle of a file; tensors come as `Tensor`, their storages without data.

    Options:  where: the file, for what is said of it.  storages: those that were named, by key.
    Raises:   DataError: for one that needs anything else to be run; nothing was.
    """

    def __init__(self, file: BinaryIO, where: str, storages: dict[str, Storage]):
        super().__init__(file)
        self._where, self._storages = where, storages

    def find_class(self, module: str, name: str) -> Any:
        """What stands for a name."""
        full = f"{module}.{name}"
        if full not in NAMES:
            raise DataError(
                f"needs code to be read: it wants to run {full}, which may be anything, and nothing of it was run",
                where=self._where,
                hint="ask its makers for weights alone: torch.save(model.state_dict(), ...), or .safetensors",
            )
        return NAMES[full]

    def persistent_load(self, pid: Any) -> Storage:
        """The storage that a tensor reads: ("storage", kind, key, device, count, ...)."""
        word, kind, key, _, count, *view = pid
        known = kind in STORAGES.values() and isinstance(key, str) and type(count) is int and count >= 0
        if word != "storage" or not known or any(part is not None for part in view):
            raise pickle.UnpicklingError("numbers of an unknown kind")
        kept = self._storages.setdefault(key, Storage(key, kind, count))
        if (kept.kind, kept.count) != (kind, count):
            raise pickle.UnpicklingError("the same numbers as two kinds")
        return kept

    def read(self) -> Any:
        """The object. Raises pickle.UnpicklingError: whatever is wrong with the bytes."""
        try:
            return self.load()
        except WRONG as error:
            raise pickle.UnpicklingError(str(error) or type(error).__name__) from None
