"""How a file that `nnlab export` wrote is fed: its metadata says which steps come before it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.component import make
from nnlab.core.errors import DataError, NnlabError
from nnlab.core.placement import Placement
from nnlab.core.types import Array, Pixels
from nnlab.data.encode import encode_pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.scaling import Scaling
from nnlab.data.steps.base import STEPS, ImageStep, PlacingStep
from nnlab.onnx.inference.preprocessing import EXPORTED_KEY


@dataclass(frozen=True)
class ExportedFeed:
    """The preparation of a run, as far as the file does not do it itself.

    Options:  steps: what is done to a picture, in this order.  scaled_inside: whether the file takes pixels (1, height,
              width, channels) of 0 to 255.  layout: of samples, where it does not.
    """

    steps: Sequence[ImageStep]
    scaling: Scaling
    scaled_inside: bool
    layout: str

    def placement(self, image: Image, lib: ImageLibrary) -> Placement:
        """Where the picture's pixels are in what the file takes."""
        spec = lib.spec(image)
        whole = Placement.unmoved((spec.width, spec.height))
        for step in self.steps:
            if isinstance(step, PlacingStep):
                whole = step.place(image, lib).after(whole)
            image = step.apply(image, lib)
        return whole

    def pixels(self, image: Image, lib: ImageLibrary) -> Pixels:
        """The pixels that the input is made of, (height, width, channels) uint8."""
        for step in self.steps:
            image = step.apply(image, lib)
        return lib.pixels(image)

    def input(self, pixels: Pixels) -> Array:
        """They as the file takes them."""
        if self.scaled_inside:
            return pixels[None]
        x = encode_pixels(pixels[None], np.float32, flatten=False, scaling=self.scaling)
        if self.layout == "NCHW":
            return np.ascontiguousarray(x.transpose(0, 3, 1, 2))
        return x.reshape(1, -1) if "flat" in self.layout else x


def exported_feed(metadata: Mapping[str, str]) -> ExportedFeed:
    """The feed that a file's metadata says.

    Raises:  DataError: when it cannot be understood.
    """
    try:
        said = json.loads(metadata[EXPORTED_KEY])
        scaled = Scaling.of_record(said["scaling"]) if "scaling" in said else Scaling.of_range(*_range(said))
        steps = tuple(_step(step) for step in said["steps"] if not step["inside"])
        return ExportedFeed(steps, scaled, bool(said["scaled_inside"]), str(said["layout"]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, NnlabError) as error:
        hint = "say how it is fed: --resize, --channels, --range, --mean, --std, --layout"
        raise DataError(f"cannot be understood ({error})", where=f"metadata {EXPORTED_KEY}", hint=hint) from error


def _range(said: Mapping[str, Any]) -> tuple[float, float]:
    low, high = map(float, said["input_range"])
    return low, high


def _step(said: Mapping[str, Any]) -> ImageStep:
    options = {key: value for key, value in said.items() if key not in ("name", "inside")}
    step = make(STEPS.get(said["name"]), options)
    if not isinstance(step, ImageStep):
        raise ValueError(f"{said['name']} is chance, and no preparation")
    return step
