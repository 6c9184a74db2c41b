"""The contracts of an image step: without chance or with it, and each of a kind that changes pixels or their places."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, get_args

import numpy as np

from nnlab.core.component import Component, option, options_of
from nnlab.core.errors import UsageError
from nnlab.core.placement import Placement
from nnlab.core.registry import Registry
from nnlab.core.rng import Rng
from nnlab.core.truth import Truth
from nnlab.core.types import Pixels
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
    """A step of the augmentation (training only). Keeps size and channels; its pixels stay where they are.

    Whether it happens is decided by who runs it (`carried`), so `apply` and `place` are what it does when it does.
    An option that says how much declares the value that changes nothing, `option(30.0, ..., neutral=0)`: so the step
    has a strength. One without such an option has it by its probability.
    """

    probability: float = option(1.0, "how likely it is that it happens to an image", low=0, high=1)

    @abstractmethod
    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step; `rng` is already at (step, epoch, sample): draw from rng.generator()."""

    def refuse(self, spec: ImageSpec) -> None:  # most steps refuse nothing
        """Raises DataError: for images of a size that it cannot be done to."""

    def happens(self, rng: Rng) -> bool:
        """Whether it does to this image. Chance of its own: what the step draws does not depend on it."""
        if 0 < self.probability < 1:
            return bool(rng.at("happens").generator().random() < self.probability)
        return self.probability > 0

    def drawn(self, rng: Rng) -> "RandomImageStep | None":
        """The step that happens to this image: itself, or another where it chooses among several; None for none."""
        return self if self.happens(rng) else None

    def at_strength(self, strength: float) -> Self:
        """The same step, weaker: each range scaled about the value that changes nothing.

        option = neutral + strength (option - neutral);  without such options, probability = strength probability

        Options:  strength: 1 for the step as it is; with 0 it never happens.
        Raises:   UsageError: when it is not from 0 to 1.
        """
        if not 0 <= strength <= 1:
            raise UsageError(f"must be from 0 to 1, got {strength}", where=f"strength of {type(self).__name__}")
        if strength == 1:
            return self
        values = {
            offered.name: _scaled(getattr(self, offered.name), offered.neutral, strength, int in _kinds(offered.type))
            for offered in options_of(type(self))
            if offered.neutral is not None
        }
        if not values or strength == 0:
            values["probability"] = strength * self.probability
        return replace(self, **values)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests make one, so that it changes images; by default the defaults."""
        return ({},)


def _kinds(offered: Any) -> tuple[Any, ...]:
    return (offered, *get_args(offered))


def _scaled(value: Any, neutral: float, strength: float, whole: bool) -> Any:
    """A number, or each of several.  Options:  whole: whether it has to stay a whole one."""
    if isinstance(value, tuple):
        return tuple(_scaled(part, neutral, strength, whole) for part in value)
    moved = neutral + strength * (value - neutral)
    return round(moved) if whole else moved


@dataclass(kw_only=True, eq=False)
class RandomPixelStep(RandomImageStep):
    """A step of the augmentation that is written on the array of pixels, and so the same with every image library."""

    @abstractmethod
    def changed(self, pixels: Pixels, chance: "np.random.Generator") -> Pixels:
        """The pixels after this step, in an array of their own or as they were; what came in is not written to.

        Shapes:  pixels and result: (height, width, 1 or 3), uint8
        """

    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step."""
        before = lib.pixels(image)
        after = self.changed(before, rng.generator())
        return image if after is before else lib.image(after)


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
    """The image after a step, and what is true of it then; a step with chance is asked whether it happens at all.

    Raises:  UsageError: when a step that says nothing of places has changed the size of an image that has some.
    """
    if isinstance(step, RandomImageStep):
        drawn = step.drawn(*rng)
        if drawn is None:
            return image, truth
        step = drawn
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
