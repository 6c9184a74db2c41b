"""Grad-CAM: where a layer saw what a class is recognised by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.registry import advice
from nnlab.core.types import Array, Shape
from nnlab.explainers.base import EXPLAINERS, Explainer, Explanation, Question
from nnlab.kernels.resample import resample
from nnlab.kernels.resizing import Axis, filtered, points
from nnlab.models.slopes import Slopes


@EXPLAINERS.register
@dataclass(kw_only=True, eq=False)
class GradCam(Explainer):
    """A layer's maps, each counted by how much the score rises with it.

    alpha_k = mean over places of d score / d A_k
    map     = ReLU(sum over k of alpha_k A_k), brought to the picture's size by bilinear interpolation

    Shapes:  A: (height, width, k), what the layer gives
    Options:  layer: whose output. Where none is named the last one whose height and width are above 1, for it has seen
              most of the picture; of a pooling what goes into it, which tells the same and says better where.
    Raises:  UsageError: when no layer has places, or none has this name.
    Source:  Selvaraju et al., "Grad-CAM", 2017, equations 1 and 2.
    """

    title: ClassVar[str] = "Grad-CAM"
    signed: ClassVar[bool] = False

    layer: str | None = option(
        None, "the layer that is looked at [the last one that has places, before pooling]", metavar="NAME"
    )

    def refuse(self, network: Slopes, shape: Shape) -> None:
        """Raises UsageError: for a network, or a layer of it, without places."""
        self.layer_of(network)

    def layer_of(self, network: Slopes) -> str:
        """The layer's name as the network has it."""
        there = [name for name, (height, width, _) in network.places.items() if height > 1 and width > 1]
        if not there:
            hint = "type --method=IntegratedGradients or --method=Occlusion, which ask no layer"
            raise UsageError("has no layer whose output has height and width", where="Grad-CAM", hint=hint)
        if self.layer is None:
            return _before_pooling(there[-1], network)
        if self.layer in there:
            return self.layer
        if self.layer in network.graph.shapes:
            shape = " x ".join(map(str, network.graph.shapes[self.layer]))
            what = f"gives {shape}, which has no height and width above 1"
            raise UsageError(what, where=f"--layer={self.layer}", hint=f"the last one that has is {there[-1]}")
        raise UsageError("is no layer of this network", where=f"--layer={self.layer}", hint=advice(self.layer, there))

    def explain(self, network: Slopes, question: Question) -> Explanation:
        """The weight of every place."""
        layer = self.layer_of(network)
        slope = network.at(layer, question.x[None], np.array([question.chosen]))
        maps, gradients = slope.values[0].astype(np.float64), slope.gradients[0].astype(np.float64)
        alpha = gradients.mean(axis=(0, 1))
        seen = np.maximum(np.einsum("hwk,k->hw", maps, alpha), 0)
        height, width = seen.shape
        return Explanation(
            stretched(seen, *question.x.shape[:2]),
            facts={"layer": layer, "layer_shape": list(maps.shape)},
            words=f"at {layer} ({height} x {width})",
        )

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """The last layer, and one that is named."""
        return {}, {"layer": "conv_1"}


def _before_pooling(name: str, network: Slopes) -> str:
    """The layer whose output is made smaller by this one and those before it that learn nothing."""
    nodes, places = {node.name: node for node in network.graph.nodes}, network.places
    while name in nodes and not network.graph.own_parameters(name):
        before = nodes[name].inputs[0]
        if before not in places or places[before][0] <= places[name][0]:
            break
        name = before
    return name


def stretched(seen: Array, height: int, width: int) -> Array:
    """A map at another size, by bilinear interpolation.  Shapes:  seen: (rows, columns); result: (height, width)"""
    for axis, out in enumerate((height, width)):
        side = Axis(size=seen.shape[axis], out=out, scale=out / seen.shape[axis])
        places, weights = filtered(
            points(side, "half_pixel"), side, "linear", a=0.0, antialias=False, exclude_outside=False
        )
        seen = resample(seen, axis, places, weights)
    return seen
