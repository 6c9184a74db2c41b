"""Weights as safetensors: the arrays by name, and beside them what is needed to use them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.reading import open_file, parsed
from nnlab.core.types import Array
from nnlab.tracking.checksum import checksum
from nnlab.tracking.fields import COUNT, NOTHING, SIZE, TEXT, all_of, require
from nnlab.tracking.files import to_json
from nnlab.tracking.tensor_file import write_tensors

SCHEMA_VERSION = 2
"""1: files without a checksum. No single flipped bit makes a 1 of a 2."""

NAMES = all_of(TEXT, least=1)
"""Names of classes, or of numbers."""

ABOUT = {
    **dict.fromkeys(("model", "dtype", "data", "config"), TEXT),
    **{"classes": NAMES, "sample_shape": all_of(SIZE, least=1), "epoch": COUNT | NOTHING},
}
"""What is said of weights, where it is said."""


def write_weights(path: Path, tensors: Mapping[str, Array], about: Mapping[str, Any] | None = None) -> None:
    """Writes arrays and what they are; `about` (model, classes, sample_shape, ...) takes any JSON values.

    Raises:  RunError: when the file cannot be written; then the old file is as it was.
    """
    arrays = {name: _least_byte_first(np.asarray(array)) for name, array in tensors.items()}
    said = json.loads(to_json(about or {}))
    document = {"schema_version": SCHEMA_VERSION, "crc32": checksum(arrays, to_json(said)), **said}
    write_tensors(path, arrays, {"nnlab": to_json(document)})


def _least_byte_first(array: Array) -> Array:
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def read_weights(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays and what they are.

    Raises:  DataError: no safetensors file, not one of nnlab's, or one whose content is not what was written.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with open_file(path), safe_open(str(path), framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dict)
    except FileNotFoundError:
        raise DataError("no such weights file", where=str(path)) from None
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=str(path)) from None
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:  # dtypes that NumPy lacks
        raise DataError(f"not a whole safetensors file ({error})", where=str(path)) from None
    if odd := next((name for name, array in tensors.items() if array.dtype.kind not in "fiub"), None):
        raise DataError(f"{odd} is of {tensors[odd].dtype}, not of numbers that a network has", where=str(path))
    if "nnlab" not in metadata:
        raise DataError("weights that nnlab did not write", where=str(path))
    return tensors, _about(metadata["nnlab"], tensors, str(path))


def _about(document: str, tensors: Mapping[str, Array], where: str) -> dict[str, Any]:
    """What the file says of its arrays. Raises DataError: when it, or they, are damaged."""
    hint = "use another copy; of a run, its other weights or an earlier run may still be whole"
    try:
        about: dict[str, Any] = dict(parsed(json.loads, document))
        version = about.pop("schema_version")
        if type(version) is not int or version < 1:
            raise ValueError("no schema version")
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"is damaged (what it says of its arrays cannot be read: {error})", where=where, hint=hint
        ) from None
    if version > SCHEMA_VERSION:
        raise DataError("weights of a newer nnlab", where=where, hint="upgrade nnlab")
    if version > 1 and about.pop("crc32", None) != checksum(tensors, to_json(about)):
        raise DataError("is damaged (its content and its checksum differ)", where=where, hint=hint)
    return require(about, {}, where=where, optional=ABOUT)
