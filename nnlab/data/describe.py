"""`dataset.toml`: what a dataset says of itself."""

import logging
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import parsed, read_text
from nnlab.data.makers.locate import dataset_folder
from nnlab.data.own_arrays import is_arrays

LOG = logging.getLogger("nnlab.data")

NAME = "dataset.toml"


@dataclass(frozen=True)
class Description:
    """A dataset's own words.

    Options:  title, origin, licence: free text, empty when not said.
              recommended: the options that its makers recommend for preparing it.
    """

    title: str = ""
    origin: str = ""
    licence: str = ""
    recommended: dict[str, Any] = field(default_factory=dict)

    @property
    def drawn(self) -> bool:
        """Whether nnlab drew it."""
        return self.origin.startswith("drawn by nnlab")


def describe(folder: Path) -> Description:
    """What the dataset in that folder says of itself; all empty without a dataset.toml.

    Raises:  DataError: when the file cannot be read or is not what it should be.
    """
    path = folder / NAME
    try:
        tables = parsed(tomllib.loads, read_text(path))
    except (FileNotFoundError, NotADirectoryError):  # a dataset may be one file
        return Description()
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read ({error})", where=printable(path), hint="repair or remove it") from error
    words = {key: tables.get(key, "") for key in ("title", "origin", "licence")}
    table = tables.get("recommended", {})
    if not isinstance(table, dict) or not all(isinstance(word, str) for word in words.values()):
        raise DataError("title, origin and licence have to be text, and recommended a table", where=printable(path))
    return Description(**words, recommended=table)


def recommended(dataset: str, datasets_path: str) -> dict[str, Any]:
    """The preparation that a dataset recommends, as options; {} when it recommends none, or is not there.

    Raises:  DataError: when its dataset.toml cannot be read.
    """
    try:
        folder = None if is_arrays(dataset) else dataset_folder(dataset, datasets_path, say=LOG.info)
    except DataError:  # `load` will say it, with the nearest names
        return {}
    return {} if folder is None else describe(folder).recommended


def described(dataset: str, datasets_path: str) -> Description:
    """What a dataset says of itself, by its name; arrays say nothing. Raises DataError: not there, or as `describe`."""
    return Description() if is_arrays(dataset) else describe(dataset_folder(dataset, datasets_path, say=LOG.info))
