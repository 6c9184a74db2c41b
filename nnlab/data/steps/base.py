"""The contracts of an image step: one kind without chance, one with."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec


@dataclass(kw_only=True, eq=False)
class ImageStep(Component, ABC):
    """A step of the preparation: the same result for the same image, so its results can be cached."""

    @abstractmethod
    def apply(self, image: Image, lib: ImageLibrary) -> Image:
        """The image after this step."""

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """What the step makes of an image of that size."""
        return spec


@dataclass(kw_only=True, eq=False)
class RandomImageStep(Component, ABC):
    """A step of the augmentation (training only). Keeps size and channels."""

    @abstractmethod
    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after this step; `rng` is already at (step, epoch, sample): draw from rng.generator()."""


STEPS: Registry[ImageStep | RandomImageStep] = Registry("image step", "nnlab.data.steps")
