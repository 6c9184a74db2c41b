"""Kept truths: masks, boxes and points as bytes, to lie beside the prepared pixels that they moved with."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.core.truth import Boxes, Mask, Points, Truth

KINDS: Mapping[str, type[Mask | Boxes | Points]] = {cls.__name__: cls for cls in (Mask, Boxes, Points)}
"""Those that move, by name. A set of another kind, or of several, is prepared anew each time."""


def packed(truths: Sequence[Truth]) -> tuple[dict[str, Any], bytes] | None:
    """What they are, and their arrays one after the other; None where they cannot be kept so.

    Of each field, all truths' arrays are one, along the first axis, and a list says how long each is. A field that none
    of them has (scores) is left out.
    """
    kind = KINDS.get(type(truths[0]).__name__) if truths else None
    if kind is None or any(type(truth) is not kind for truth in truths):
        return None
    about: dict[str, Any] = {"kind": kind.__name__, "fields": []}
    content = b""
    for field in dataclasses.fields(kind):
        values = [getattr(truth, field.name) for truth in truths]
        if all(value is None for value in values):
            continue
        arrays = [np.asarray(value) for value in values]
        if len({(array.dtype.str, array.shape[1:]) for array in arrays}) > 1:
            return None
        whole = np.concatenate(arrays)
        lengths = [len(array) for array in arrays]
        about["fields"].append(
            {"name": field.name, "lengths": lengths, "dtype": whole.dtype.str, "shape": whole.shape[1:]}
        )
        content += whole.tobytes()
    return about, content


def unpacked(about: Mapping[str, Any], content: bytes) -> list[Truth]:
    """The truths that were packed.  Raises KeyError, TypeError, ValueError: when that is not what these are."""
    kind = KINDS[about["kind"]]
    names, columns, begin = [], [], 0
    for field in about["fields"]:
        dtype, shape = np.dtype(field["dtype"]), (sum(field["lengths"]), *field["shape"])
        size = dtype.itemsize * int(np.prod(shape))
        whole = np.frombuffer(content[begin : begin + size], dtype).reshape(shape).copy()
        names.append(field["name"])
        columns.append(np.split(whole, np.cumsum(field["lengths"])[:-1]))
        begin += size
    if begin != len(content):
        raise ValueError("damaged: truths of another length")
    return [kind(**dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)]


def digest(truth: Truth) -> bytes:
    """Of what it says.  Raises TypeError: when it is no dataclass of numbers and arrays."""
    said = hashlib.sha256(type(truth).__name__.encode())
    for field in dataclasses.fields(truth):  # type: ignore[arg-type]  # every truth is one
        value = getattr(truth, field.name)
        if value is None:
            continue
        array = np.asarray(value)
        said.update(repr((field.name, array.dtype.str, array.shape)).encode() + array.tobytes())
    return said.digest()
