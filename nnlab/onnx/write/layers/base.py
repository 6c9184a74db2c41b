"""The table of layers as ONNX nodes, and what a translation is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.core.translations import Translations
from nnlab.core.types import Array, Shape
from nnlab.onnx.write.building import Building


@dataclass(frozen=True, eq=False)
class Place:
    """A layer's place in the graph that is written.

    Options:  node: its name.  shapes: one sample of each input.  values: its parameters and buffers, by field.
    """

    building: Building
    node: str
    shapes: tuple[Shape, ...]
    values: Mapping[str, Array]

    def own(self, field: str) -> str:
        """The name of one of its values, which is stored now: "dense_1.weight"."""
        return self.building.store(f"{self.node}.{field}", self.values[field])

    def constant(self, part: str, value: float) -> str:
        """The name of a number that it needs, which is stored now."""
        return self.building.store(f"{self.node}/{part}", np.asarray(value))

    def add(self, operator: str, *inputs: str, part: str = "", **attributes: object) -> str:
        """A node named as the layer is; one of several nodes has a `part` in its name."""
        name = f"{self.node}/{part}" if part else self.node
        return self.building.add(operator, *inputs, name=name, **attributes)

    def channels_first(self, x: str) -> str:
        """x with the channels on axis 1, where ONNX has them; rows of features are so already."""
        rank = len(self.shapes[0]) + 1
        return (
            x if rank == 2 else self.add("Transpose", x, part="channels_first", perm=[0, rank - 1, *range(1, rank - 1)])
        )

    def channels_last(self, y: str, part: str = "") -> str:
        """The way back."""
        rank = len(self.shapes[0]) + 1
        return y if rank == 2 else self.add("Transpose", y, part=part, perm=[0, *range(2, rank), 1])

    def padded(self, x: str, widths: Array, *, mode: str = "constant", value: float = 0.0, part: str = "") -> str:
        """x with a margin: widths and value are inputs since opset 11, attributes before.

        Shapes:  widths: (2, axes): before, after
        """
        if self.building.opset < 11:
            return self.add("Pad", x, part=part, mode=mode, pads=widths.reshape(-1).tolist(), value=value)
        inputs = [self.building.store(f"{self.node}/widths", widths.reshape(-1), np.int64)]
        if mode == "constant":
            inputs.append(self.constant("value", value))
        return self.add("Pad", x, *inputs, part=part, mode=mode)


OnnxLayer = Callable[..., str]
"""Called as translation(layer, place, *xs): adds the layer's nodes; the name of its output."""

ONNX_LAYERS: Translations[OnnxLayer] = Translations("layer", "onnx", group="nnlab.onnx_layers")
"""The translation of each layer, by its exact class."""
