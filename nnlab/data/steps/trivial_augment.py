"""TrivialAugment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nnlab.core.component import option
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.auto_contrast import AutoContrast
from nnlab.data.steps.base import STEPS, RandomImageStep
from nnlab.data.steps.brightness import Brightness
from nnlab.data.steps.contrast import Contrast
from nnlab.data.steps.equalize import Equalize
from nnlab.data.steps.posterize import Posterize
from nnlab.data.steps.rotate import Rotate
from nnlab.data.steps.saturation import Saturation
from nnlab.data.steps.sharpness import Sharpness
from nnlab.data.steps.shear import Shear
from nnlab.data.steps.solarize import Solarize
from nnlab.data.steps.translate import Translate

Steps = tuple[RandomImageStep | None, ...]


def _narrow() -> Steps:
    """The ranges of RandAugment; of its 10 pixels, the share that they are of pictures of 32."""
    return (*_alike((0.1, 1.9), lean=16.7, shift=0.31), Posterize(bits=(4, 8)), Rotate(max_degrees=30.0))


def _wide() -> Steps:
    """The wide ranges of the paper; but for its 32 pixels, which are all of a small picture: AutoAugment's share."""
    return (*_alike((0.01, 2.0), lean=44.7, shift=0.45), Posterize(bits=(2, 8)), Rotate(max_degrees=135.0))


def _alike(factor: tuple[float, float], *, lean: float, shift: float) -> Steps:
    tones = AutoContrast(), Equalize(), Solarize(threshold=(0.0, 256.0))
    colours = (step(factor=factor) for step in (Brightness, Contrast, Saturation, Sharpness))
    leans = Shear(max_degrees=(lean, 0.0)), Shear(max_degrees=(0.0, lean))
    shifts = Translate(share=(shift, 0.0)), Translate(share=(0.0, shift))
    return None, *tones, *colours, *leans, *shifts


SPACES: dict[str, Callable[[], Steps]] = {"wide": _wide, "narrow": _narrow}
"""The steps of each space; None leaves the image as it is."""


@STEPS.register
@dataclass(kw_only=True, eq=False)
class TrivialAugment(RandomImageStep):
    """One step for each image, chosen evenly among a list, at a strength that is drawn evenly: nothing to tune.

    Each step draws evenly from its whole range, to both sides where it has two: that is the strength.

    Source:  Mueller and Hutter, "TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation", 2021.
    """

    also_called = ("TrivialAugmentWide", "RandAugment", "AutoAugment")

    space: Literal["wide", "narrow"] = option("wide", "how far the steps go: the paper's wide ranges, or RandAugment's")
    strength: float = option(1.0, "share of these ranges", low=0, high=1, neutral=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._steps = tuple(step and step.at_strength(self.strength) for step in SPACES[self.space]())

    def drawn(self, rng: Rng) -> RandomImageStep | None:
        """The step that was chosen for this image."""
        if not self.happens(rng):
            return None
        chosen = self._steps[int(rng.at("chosen").generator().integers(len(self._steps)))]
        return chosen and chosen.drawn(rng.at("itself"))

    def apply(self, image: Image, lib: ImageLibrary, rng: Rng) -> Image:
        """The image after the step that was chosen."""
        step = self.drawn(rng)
        return image if step is None else step.apply(image, lib, rng)
