"""Names of files: which say that a file is an image, and in what order they come."""

import os
import re

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff"})
"""File names that say that a file is an image, and of a format that nnlab reads."""

FOREIGN_SUFFIXES = frozenset(
    {".gif", ".bmp", ".heic", ".heif", ".avif", ".jp2", ".jxl", ".svg", ".psd", ".tga", ".ppm", ".pgm", ".pbm", ".ico"}
)
"""File names of images in other formats: not passed over in silence, but found bad when they are read."""

SUFFIXES = IMAGE_SUFFIXES | FOREIGN_SUFFIXES
"""File names of images of any format."""


def is_image(name: str) -> bool:
    """Whether a file's name says that it is an image."""
    return os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122 - a Path per file takes longer than the rest


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key by which numbers within names count as numbers: 0, 1, 9, 10; a2, a10."""
    parts = re.split(r"([0-9]+)", name)
    pieces: list[tuple[int, int | str]] = [
        (0, int(part)) if index % 2 else (1, part.casefold()) for index, part in enumerate(parts) if part
    ]
    return (*pieces, (2, name))  # (2, name): names that differ only in case or leading zeros still have one order
