"""The contract of a set that nnlab draws itself."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import Component, option
from nnlab.core.errors import UsageError
from nnlab.core.registry import Registry, normalised
from nnlab.core.rng import Rng
from nnlab.core.types import Pixels


@dataclass(frozen=True)
class Drawing:
    """One image of a set, named but not drawn yet.

    Options:  label: its class.  index: which of the class's images it is, from 0.
    """

    label: str
    index: int

    @property
    def path(self) -> str:
        """Where it belongs within the dataset: `3/3_017.png` (a name that says the class wherever it is copied)."""
        return f"{self.label}/{self.label}_{self.index:03d}.png"


@dataclass(kw_only=True, eq=False)
class DatasetMaker(Component, ABC):
    """Draws a dataset. Every image has a stream of chance of its own, so it does not depend on the others or on how
    many there are: of 1,000 images, the first 847 (spread over the classes) are those of a set of 847.
    """

    version: ClassVar[int]
    """Goes up by one whenever the drawing changes, so that sets drawn before into a cache are not taken for this."""
    classes: ClassVar[tuple[str, ...]]
    """What there is to draw; the folders that images lie in, unless a table says what is true of them."""
    names: ClassVar[tuple[str, ...]] = ()
    """What a table says of each image; none where the folders are what is true."""
    title: ClassVar[str]
    licence: ClassVar[str] = "CC0-1.0"
    recommended: ClassVar[Mapping[str, Any]]
    """The preparation that suits the set: options of `nnlab train`, with underscores."""

    seed: int = option(0, "where the drawing's chance begins")
    images: int = option(100, "images in all, spread evenly over the classes", low=1, high=1_000_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.images < len(self.classes):
            raise UsageError(
                f"must be at least {len(self.classes)}, one for each class, got {self.images}",
                where=f"{type(self).__name__}.images",
            )

    @abstractmethod
    def paint(self, label: str, generator: "np.random.Generator") -> Pixels:
        """One image of the class, all of its chance from `generator`; (height, width, 3) uint8."""

    def draw(self, drawing: Drawing) -> Pixels:
        """The image of that name: always the same for the same seed."""
        return self.paint(drawing.label, self.chance(drawing))

    def chance(self, drawing: Drawing) -> "np.random.Generator":
        """The stream that all chance of an image comes from."""
        return Rng(self.seed).at(self.dataset(), drawing.label, drawing.index).generator()

    def drawings(self) -> Sequence[Drawing]:
        """Every image of the set, class by class; when they do not divide evenly, the first classes have one more."""
        each, more = divmod(self.images, len(self.classes))
        return [
            Drawing(label, index)
            for position, label in enumerate(self.classes)
            for index in range(each + (position < more))
        ]

    def card(self) -> str:
        """The text of the set's dataset.toml."""
        others = {name: value for name, value in self.options().items() if name not in ("seed", "images")}
        said = {name: value for name, value in others.items() if value != getattr(type(self)(), name)}
        flags = [f"--seed={self.seed}", *(f"--{name.replace('_', '-')}={value}" for name, value in said.items())]
        origin = f"drawn by nnlab: nnlab data make {self.dataset()} {' '.join(flags)}"
        about = {"title": self.title, "origin": origin, "licence": self.licence}
        lines = [f"{key} = {_toml(value)}" for key, value in about.items()]
        if self.preparation:
            lines += ["", "# The preparation that suits this set: options of `nnlab train`, with underscores."]
            lines += ["[recommended]"]
        lines += [f"{key} = {_toml(value)}" for key, value in self.preparation.items()]
        return "\n".join(lines) + "\n"

    @property
    def preparation(self) -> Mapping[str, Any]:
        """What suits the set as its options have it drawn: what is recommended, where they change nothing of that."""
        return self.recommended

    def beside(self, drawing: Drawing) -> Mapping[str, Pixels]:
        """Pictures that lie beside an image and say what is true of it, by path within the dataset; most sets have
        none."""
        return {}

    @property
    def contents(self) -> str:
        """What the images are shared out to, in words."""
        return f"{len(self.classes)} classes"

    def tables(self) -> Mapping[str, str]:
        """Files of text that lie beside the images and say what is true of them, by name; none where folders do."""
        return {}

    @classmethod
    def dataset(cls) -> str:
        """The name of its dataset: the class's, in lower case."""
        return normalised(cls.__name__)


def _toml(value: Any) -> str:
    """A value as TOML writes it: text, whole numbers, booleans and lists of them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


MAKERS: Registry[DatasetMaker] = Registry("dataset maker", "nnlab.data.makers")
