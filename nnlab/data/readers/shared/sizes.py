"""How large a picture is, by its header alone, for readers that hold places against it."""

from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.placement import Size
from nnlab.data.images.header import file_bytes, read_header


def size_of(path: Path) -> Size | None:
    """Width and height of a picture as it is shown; None of a file that is none, which is said when it is decoded."""
    try:
        header = read_header(file_bytes(path))
    except DataError:
        return None
    upright = header.width, header.height
    return upright if header.orientation <= 4 else upright[::-1]
