"""The contracts of an image step: without chance or with it, and each of a kind that changes pixels or their places."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from nnlab.core.component import Component
from nnlab.core.errors import UsageError
from nnlab.core.placement import Placement
from nnlab.core.registry import Registry
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec


@dataclass(kw_only=True, eq=False)
class ImageStep(Component, ABC):
    """A step of the preparation: the same result for the same image, so its results can be cached.

    Its pixels stay where they are; what moves them is a PlacingStep.
    """

    @abstractmethod
    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """What the step makes of an image of that size."""
        return spec

    def leaves(self, spec: ImageSpec) -> bool:
        """Whether every image of that size and with as many channels stays as it is."""
        return False


@dataclass(kw_only=True, eq=False)
class PlacingStep(ImageStep):
    """A step of the preparation that moves pixels: it says where, so that what is true of the image moves as well."""

    @abstractmethod
    def place(self, image: Image, lib: ImageLibrary) -> Placement:
        """Where the pixels of this image go."""

    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""
        return self.place(image, lib).image(image, lib)


@dataclass(kw_only=True, eq=False)
class RandomImageStep(Component, ABC):
    """A step of the augmentation (training only). Keeps size and channels; its pixels stay where they are."""

    @abstractmethod
    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step; `rng` is already at (step, epoch, sample): draw from rng.generator()."""


@dataclass(kw_only=True, eq=False)
class RandomPlacingStep(RandomImageStep):
    """A step of the augmentation that moves pixels, and says where."""

    @abstractmethod
    def place(self, image: Image, lib: ImageLibrary, rng: Rng) -> Placement:
        """Where the pixels of this image go; `rng` as for `apply`."""

    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step."""
        return self.place(image, lib, rng).image(image, lib)


def carried(
    step: ImageStep | RandomImageStep, image: Image, truth: Truth, lib: ImageLibrary, *rng: Rng
) -> tuple[Image, Truth]:
    """The image after a step, and what is true of it then.

    Raises:  UsageError: when a step that says nothing of places has changed the size of an image that has some.
    """
    if not truth.moves:
        return step.apply(image, lib, *rng), truth
    if isinstance(step, (PlacingStep, RandomPlacingStep)):
        placement = step.place(image, lib, *rng)
        return placement.image(image, lib), truth.moved(placement)
    after = step.apply(image, lib, *rng)
    one, other = lib.spec(image), lib.spec(after)
    if (one.width, one.height) != (other.width, other.height):
        what = f"gives {other.width} x {other.height} of {one.width} x {one.height} and does not say where pixels went"
        raise UsageError(what, where=type(step).__name__, hint="make it a PlacingStep, or leave it out")
    return after, truth


STEPS: Registry[ImageStep | RandomImageStep] = Registry("image step", "nnlab.data.steps")
