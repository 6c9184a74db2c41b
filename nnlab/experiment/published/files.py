"""Files of weights that nnlab did not write."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError
from nnlab.core.reading import open_file
from nnlab.core.types import Array
from nnlab.experiment.published.pickled import WRONG, Tensor, widened
from nnlab.experiment.published.torch_files import read_torch

TORCH = (".pth", ".pt", ".bin", ".ckpt")
"""How the names of torch's files end."""

KINDS = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "bfloat16", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1",
    "U8": "<u1", "BOOL": "<b1",
}  # fmt: skip
"""How safetensors writes numbers."""

WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Under which of these training programs keep the weights among other things."""

BESIDES = re.compile(r"(^|\.)num_batches_tracked$")
"""What torch counts and nothing computes with."""


def is_published(path: Path) -> bool:
    """Whether weights are in a file of others: torch's, or a safetensors file that does not say it is nnlab's.

    What cannot be read is left to who reads nnlab's own.
    """
    if path.suffix != ".safetensors":
        return path.suffix in TORCH and not path.is_dir()
    try:
        with open_file(path) as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(size, 100 << 20)))
        return "nnlab" not in header.get("__metadata__", {})
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return False


def read_published(path: Path) -> dict[str, Array]:
    """The arrays by their makers' names, 16-bit floats widened.

    Raises:  DataError: no such file, damaged, one that needs code to be read, or no weights in it.
    """
    where = f"--weights={path}"
    try:
        with open_file(path) as file:
            if path.suffix == ".safetensors":
                return _safetensors(file.read(), where)
            found = read_torch(file, where)
    except FileNotFoundError:
        raise DataError("no such weights file", where=where) from None
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=where) from None
    return _arrays(_weights_in(found, where), where)


def _weights_in(found: Any, where: str) -> dict[str, Tensor]:
    """The table of tensors: the one that a checkpoint has under a usual name, or the file's own; without "module." in
    front."""
    for table in (*(found.get(name) for name in WRAPPERS if isinstance(found, Mapping)), found):
        if not isinstance(table, Mapping):
            continue
        tensors = {name: value for name, value in table.items() if isinstance(name, str) and isinstance(value, Tensor)}
        if tensors:
            alone = all(name.startswith("module.") for name in tensors)
            return {name.removeprefix("module.") if alone else name: value for name, value in tensors.items()}
    raise DataError("holds no table of named tensors", where=where, hint="save model.state_dict()")


def _arrays(tensors: Mapping[str, Tensor], where: str) -> dict[str, Array]:
    try:
        return {name: tensor.array() for name, tensor in tensors.items() if not BESIDES.search(name)}
    except WRONG as error:
        raise DataError(f"not a whole file of torch's weights ({error})", where=where) from None


def _safetensors(data: bytes, where: str) -> dict[str, Array]:
    from safetensors import SafetensorError, deserialize

    try:
        entries: list[tuple[str, dict[str, Any]]] = deserialize(data)  # type: ignore[no-untyped-call]
    except (SafetensorError, ValueError) as error:
        raise DataError(f"not a whole safetensors file ({error})", where=where) from None
    if odd := next((name for name, entry in entries if entry["dtype"] not in KINDS), None):
        raise DataError(f"{odd} is of a kind of numbers that nnlab does not read", where=where)
    return {
        name: widened(KINDS[entry["dtype"]], bytes(entry["data"])).reshape(entry["shape"])
        for name, entry in entries
        if not BESIDES.search(name)
    }
