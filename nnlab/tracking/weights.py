"""Weights as safetensors: the arrays by name, and beside them what is needed to use them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.tracking.files import to_json, write_whole

SCHEMA_VERSION = 1


def write_weights(path: Path, tensors: Mapping[str, Array], about: Mapping[str, Any] | None = None) -> None:
    """Writes arrays and what they are; `about` (model, classes, sample_shape, ...) takes any JSON values.

    Raises:  RunError: when the file cannot be written; then the old file is as it was.
    """
    from safetensors.numpy import save

    document = to_json({"schema_version": SCHEMA_VERSION, **(about or {})})
    metadata = {
        "nnlab": document
    }  # one entry: the library writes several in no particular order, and runs are compared
    write_whole(path, save({name: np.asarray(array, order="C") for name, array in tensors.items()}, metadata))


def read_weights(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays and what they are. Raises DataError: if it is no safetensors file, or not one of nnlab's."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dict)
    except FileNotFoundError:
        raise DataError("no such weights file", where=str(path)) from None
    except (OSError, SafetensorError) as error:
        raise DataError(f"not a whole safetensors file ({error})", where=str(path)) from None
    if "nnlab" not in metadata:
        raise DataError("weights that nnlab did not write", where=str(path))
    about: dict[str, Any] = json.loads(metadata["nnlab"])
    if about.pop("schema_version") > SCHEMA_VERSION:
        raise DataError("weights of a newer nnlab", where=str(path), hint="upgrade nnlab")
    return tensors, about
