"""Names of files: which say that a file is an image or a video, and in what order they come."""

import os
import re

READ = (
    "png apng jpg jpeg jpe jfif jif jfi pjpeg pjpg pjp mpo webp tif tiff btf tf8 gif bmp dib "
    "pnm ppm pgm pbm jp2 j2k jpf jpx jpm j2c jpc avif avifs heic heif heics hif"
)
NOT_READ = "jxl svg psd tga ico dng cr2 cr3 nef arw orf rw2 raf pef srw exr"

IMAGE_SUFFIXES = frozenset(f".{ending}" for ending in READ.split())
"""Endings of files that are images, of a format that nnlab reads; which one, their content says."""

FOREIGN_SUFFIXES = frozenset(f".{ending}" for ending in NOT_READ.split())
"""Endings of images in other formats: not passed over in silence, but found bad when they are read."""

VIDEO_SUFFIXES = frozenset((".mp4", ".m4v", ".mov", ".avi", ".webm", ".mkv"))
"""Endings of videos, whose frames are pictures."""

SUFFIXES = IMAGE_SUFFIXES | FOREIGN_SUFFIXES
"""File names of images of any format."""


def is_image(name: str) -> bool:
    """Whether a file's name says that it is an image; names that start with __ are of leftovers."""
    if name.startswith("__"):
        return False
    return os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122 - a Path per file takes longer than the rest


def is_video(name: str) -> bool:
    """Whether a file's name says that it is a video."""
    return not name.startswith("__") and os.path.splitext(name)[1].lower() in VIDEO_SUFFIXES  # noqa: PTH122 - as above


def has_pictures(name: str) -> bool:
    """Whether a file's name says that it is an image, or a video."""
    return is_image(name) or is_video(name)


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key by which numbers within names count as numbers: 0, 1, 9, 10; a2, a10."""
    parts = re.split(r"([0-9]+)", name)
    pieces: list[tuple[int, int | str]] = [
        (0, int(part)) if index % 2 else (1, part.casefold()) for index, part in enumerate(parts) if part
    ]
    return (*pieces, (2, name))  # (2, name): names that differ only in case or leading zeros still have one order
