"""A file in safetensors' layout, written array by array: memory never holds them all a second time."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from nnlab.core.types import Array
from nnlab.tracking.files import write_pieces

ALIGNED = 8
"""The header ends, and so the first array begins, at a multiple of so many bytes."""

DTYPES = (
    ("bool", "BOOL"), ("uint8", "U8"), ("int8", "I8"), ("int16", "I16"), ("uint16", "U16"), ("float16", "F16"),
    ("int32", "I32"), ("uint32", "U32"), ("float32", "F32"), ("float64", "F64"), ("int64", "I64"), ("uint64", "U64"),
)  # fmt: skip
"""What NumPy and the format call them, in the format's own order: arrays of the last come first in a file."""

NAMES, RANKS = dict(DTYPES), {name: rank for rank, (name, _) in enumerate(DTYPES)}


def write_tensors(path: Path, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Writes arrays by their names, and texts: the bytes that safetensors itself would write.

    Options:  tensors: their numbers are least byte first.

    Source:  "Safetensors format", huggingface.co/docs/safetensors: 8 bytes for the header's length, least first; the
             header, JSON; the arrays in C order, least byte first, without gaps.
    Raises:  RunError: when the file cannot be written; then the old file is as it was.
    """
    ordered = sorted(tensors, key=lambda name: (-RANKS[tensors[name].dtype.name], name))
    write_pieces(path, _pieces({name: tensors[name] for name in ordered}, metadata))


def _pieces(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> Iterator[bytes | memoryview]:
    header = _header(tensors, metadata)
    yield len(header).to_bytes(8, "little")
    yield header
    for array in tensors.values():
        yield np.asarray(array, order="C").reshape(-1).view(np.uint8).data


def _header(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    document: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, array in tensors.items():
        begin, end = end, end + array.nbytes
        document[name] = {
            "dtype": NAMES[array.dtype.name], "shape": list(array.shape), "data_offsets": [begin, end],
        }  # fmt: skip
    said = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return said + b" " * (-len(said) % ALIGNED)
