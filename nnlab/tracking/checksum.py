"""A checksum over named arrays and what is said of them: a flipped bit anywhere gives another."""

import zlib
from collections.abc import Mapping

import numpy as np

from nnlab.core.types import Array


def checksum(tensors: Mapping[str, Array], document: str) -> str:
    """CRC-32 over the document, then each array in the order of the names: name, dtype, shape and bytes in C order.

    Source:  ISO/IEC 3309: every error within 32 bits in a row is found, and of others all but one in 2^32.
    """
    crc = zlib.crc32(document.encode())
    for name in sorted(tensors):
        array = np.asarray(tensors[name], order="C")
        crc = zlib.crc32(f"{name} {array.dtype.str} {array.shape}".encode(), crc)
        crc = zlib.crc32(array.reshape(-1).view(np.uint8).data, crc)
    return f"{crc:08x}"
