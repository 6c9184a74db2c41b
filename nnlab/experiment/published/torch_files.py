"""The two forms of torch's files: a zip with the numbers beside a pickle, and before 2020 one stream of pickles."""

import pickle
import struct
import zipfile
from typing import Any, BinaryIO

from nnlab.core.errors import DataError
from nnlab.experiment.published.pickled import WRONG, Storage, Unpickler

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
"""What a stream begins with."""

MOST_PICKLE = 64 << 20
"""Bytes of the pickle beside the numbers: names and shapes alone."""


def read_torch(file: BinaryIO, where: str) -> Any:
    """What `torch.save` wrote, its tensors as `Tensor`.

    Raises:  DataError: one that needs code to be read, or is damaged, or no such file.
    """
    try:
        if zipfile.is_zipfile(file):
            file.seek(0)
            return _of_zip(file, where)
        file.seek(0)
        return _of_stream(file, where)
    except (*WRONG, zipfile.BadZipFile, struct.error, RuntimeError) as error:
        raise DataError(f"not a whole file of torch's weights ({error})", where=where) from None


def _of_zip(file: BinaryIO, where: str) -> Any:
    with zipfile.ZipFile(file) as archive:
        entries = {info.filename: info for info in archive.infolist()}
        pickles = [name for name in entries if name.rpartition("/")[2] == "data.pkl"]
        if len(pickles) != 1:
            raise pickle.UnpicklingError("it has no data.pkl")
        folder = pickles[0].removesuffix("data.pkl")
        if f"{folder}constants.pkl" in entries:
            raise DataError(
                "is a TorchScript program, which needs code to be read; nothing of it was run",
                where=where,
                hint="save weights alone, by torch.save(model.state_dict(), ...)",
            )
        if any(info.compress_type != zipfile.ZIP_STORED for info in entries.values()):
            raise pickle.UnpicklingError("torch does not compress, and this is compressed")
        order = f"{folder}byteorder"
        if order in entries and archive.read(order) != b"little":
            raise pickle.UnpicklingError("its numbers are big-endian")
        if entries[pickles[0]].file_size > MOST_PICKLE:
            raise pickle.UnpicklingError("its pickle is larger than any of weights")
        storages: dict[str, Storage] = {}
        with archive.open(pickles[0]) as inner:
            found = Unpickler(inner, where, storages).read()  # type: ignore[arg-type]  # it reads bytes as well
        for storage in storages.values():
            storage.data = archive.read(f"{folder}data/{storage.key}")
            _require_whole(storage)
    return found


def _of_stream(file: BinaryIO, where: str) -> Any:
    """magic, protocol, system, object, keys; then of each key the count of its numbers and the numbers."""
    storages: dict[str, Storage] = {}
    if Unpickler(file, where, {}).read() != MAGIC or Unpickler(file, where, {}).read() != PROTOCOL:
        raise pickle.UnpicklingError("it begins otherwise")
    system = Unpickler(file, where, {}).read()
    if not isinstance(system, dict) or not system.get("little_endian", True):
        raise pickle.UnpicklingError("its numbers are big-endian")
    found = Unpickler(file, where, storages).read()
    for key in Unpickler(file, where, {}).read():
        storage = storages[key]
        (count,) = struct.unpack("<q", file.read(8))
        if count != storage.count:
            raise pickle.UnpicklingError("counts that differ")
        storage.data = file.read(storage.count * storage.item_bytes)
    for storage in storages.values():
        _require_whole(storage)
    return found


def _require_whole(storage: Storage) -> None:
    if len(storage.data) != storage.count * storage.item_bytes:
        raise pickle.UnpicklingError(f"numbers {storage.key} are cut off")
