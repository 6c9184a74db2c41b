"""The names of the classes of well-known data sets, which ship as text files in `classes/`."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("classes")

WITH_BACKGROUND = "imagenet-1001"
"""ImageNet's names after one for the background, as networks of TensorFlow's model garden count."""


def known_lists() -> tuple[str, ...]:
    """What the lists are called."""
    return (*sorted(file.stem for file in FOLDER.glob("*.txt")), WITH_BACKGROUND)


@cache
def class_names(known: str) -> tuple[str, ...]:
    """A list by its name, one of `known_lists`; empty for any other."""
    if known == WITH_BACKGROUND:
        return ("background", *class_names("imagenet"))
    file = FOLDER / f"{known}.txt"
    return tuple(file.read_text(encoding="utf-8").splitlines()) if known in known_lists() else ()
