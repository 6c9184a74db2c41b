"""The contract of a reader: how a folder says what is true of its pictures."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.truth import Truth
from nnlab.data.source import Source

if TYPE_CHECKING:
    from nnlab.data.options import DataOptions


@dataclass(kw_only=True, eq=False)
class Reader(Component, ABC):
    """Finds the pictures of a dataset and their truths, from names and tables; no picture is opened.

    Options:  about: what says what is true, in words ("numbers in targets.csv").
              truth: the kind of its truths, so that it can stand for another reader where it recognises a folder.
              arrays: whether pictures are rows of arrays, whose pixels are read with their truths.
              packed: whether pictures are members of files, as of tar files.
    """

    about: ClassVar[str]
    truth: ClassVar[type[Truth] | None] = None
    arrays: ClassVar[bool] = False
    packed: ClassVar[bool] = False

    @abstractmethod
    def find(self, folder: Path) -> Source:
        """What the folder holds.  Raises DataError: when it is not laid out as it should be."""

    def going_by(self, options: "DataOptions") -> "Reader":
        """The reader with what the options of the data say of finding samples, where that means something to it."""
        return self

    def of_pictures(self) -> "Reader":
        """The reader where pictures are all that is wanted, and not what is true of them."""
        return self

    def recognises(self, folder: Path) -> bool:
        """Whether the folder, or file, is laid out for this reader, where nobody says which one is meant."""
        return False


READERS: Registry[Reader] = Registry("reader", "nnlab.data.readers")


def recognised(folder: Path, truth: type[Truth] | None = None) -> Reader | None:
    """The reader that a folder is laid out for, where it can be told from class folders.

    Options:  truth: the kind that it has to give; None: any.
    """
    fitting = (cls for cls in READERS if truth is None or cls.truth is truth)
    return next((reader for cls in fitting if (reader := cls()).recognises(folder)), None)
