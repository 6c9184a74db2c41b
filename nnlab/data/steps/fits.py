"""The steps that give every picture one size, by what `--fit` calls them."""

from typing import Literal

from nnlab.data.images.pillow_resize import Interpolation
from nnlab.data.steps.fitting import GREY, FittingStep
from nnlab.data.steps.letterbox import Letterbox
from nnlab.data.steps.resize import Resize
from nnlab.data.steps.resized_crop import ResizedCrop

Fit = Literal["stretch", "letterbox", "crop"]


def fitting_step(
    fit: Fit,
    size: tuple[int, int],
    *,
    interpolation: Interpolation = "auto",
    background: tuple[int, int, int] = GREY,
    share: float = 1.0,
) -> FittingStep:
    """The step. Options:  background: of a letterbox's bars.  share: of the shorter side, that a crop shows."""
    if fit == "letterbox":
        return Letterbox(size=size, interpolation=interpolation, background=background)
    if fit == "crop":
        return ResizedCrop(size=size, interpolation=interpolation, share=share)
    return Resize(size=size, interpolation=interpolation)
