"""Through a narrow code and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.types import Shape
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.layers.reshape import Reshape
from nnlab.layers.resize import Resize
from nnlab.models.base import MODELS, MOMENTUM, Model, Takes, activation_of, add_values
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import ACTIVATION, Convolutions, add_row_heads, require_names
from nnlab.models.parts import Part

CODE = "code"
"""The node that gives the code."""

LINEAR = "GlorotNormal"
"""How weights are drawn of layers that no activation follows."""


@MODELS.register
@dataclass(kw_only=True, eq=False)
class AutoEncoder(Model):
    """A code of few numbers for each picture, and the picture that is made of the code.

    Encoder:  convolutions (each halves the sides), where there are some -> dense layers -> code
    Decoder:  dense layers, backwards -> convolutions, backwards (twice as large, then a convolution) -> the picture

    A head that asks for a picture of the input's shape gets the decoder; one that asks for a row (classes, numbers) a
    dense layer behind the code.

    Shapes:  x: (batch, features) or (batch, height, width, channels); y: as x; code: (batch, code)
    Options:  code: numbers of the code.  hidden: units of the dense layers before it, and behind it backwards.
              maps: channels of the convolutions; none for dense layers alone.
    Raises:   UsageError: convolutions of what is no image; a head of another shape.
    Source:  Hinton and Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006.
    """

    also_called = ("Autoencoder", "EncoderDecoder", "Bottleneck")

    code: int = option(16, "numbers of the code", low=1, high=1_000_000)
    hidden: tuple[int, ...] = option((256,), "units of the dense layers before the code; empty for none", low=1)
    maps: tuple[int, ...] = option(
        (), "channels of convolutions before those, each of which halves the sides; empty for none", low=1, high=4096
    )
    activation: str = option("ReLU", ACTIVATION)
    batch_norm: bool = option(False, "normalise over the batch what convolutions give")
    batch_norm_momentum: float = option(0.9, MOMENTUM, low=0, high=1)
    initializer: str = option("Kaiming", "how weights are drawn at first of the layers that an activation follows")

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names(self, activation=self.activation, initializer=self.initializer)

    def takes(self) -> Takes:
        """Images, where there are convolutions; else either."""
        return "images" if self.maps else "any"

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """encoder_conv_1, ..., encoder_dense_1, ..., code, decoder_dense_1, ..., decoder_conv_1, ..., output."""
        if self.maps and len(in_shape) != 3:
            what = f"its convolutions take images, and samples are rows of {prod(in_shape)} values"
            raise UsageError(what, where="AutoEncoder.maps", hint="leave out --flatten, or --maps")
        graph = Graph()
        last, shapes = self._convolved(graph, in_shape)
        if len(in_shape) > 1:
            last = graph.add("flatten", Flatten(), last)
        for place, units in enumerate(self.hidden, 1):
            last = self._dense(graph, f"encoder_{{}}_{place}", units, last)
        code = graph.add(CODE, Dense(units=self.code, initializer=LINEAR), last)
        rows = {name: head for name, head in heads.items() if not _is_picture(head, in_shape)}
        for name in heads:
            if name not in rows:
                self._decoder(graph, name, heads[name], code, shapes)
        add_row_heads(graph, rows, code, model=type(self).__name__)
        return graph

    def _convolved(self, graph: Graph, in_shape: Shape) -> tuple[str, list[Shape]]:
        """The convolutions of the encoder, and the shapes of what they read and of what the last gives."""
        last, shapes, convolutions = INPUT, [in_shape], self._convolutions(graph)
        for place, maps in enumerate(self.maps, 1):
            last = convolutions.unit(f"encoder_{{}}_{place}", last, maps, stride=2)
            height, width, _ = shapes[-1]
            shapes.append(((height + 1) // 2, (width + 1) // 2, maps))
        return last, shapes

    def _decoder(self, graph: Graph, name: str, head: Head, last: str, shapes: list[Shape]) -> None:
        """From the code to the picture."""
        of = "" if name == OUTPUT else f"{name}_"
        for place, units in enumerate(reversed(self.hidden), 1):
            last = self._dense(graph, f"{of}decoder_{{}}_{place}", units, last)
        deepest = shapes[-1]
        picture = Dense(units=prod(deepest), initializer=LINEAR)
        if len(shapes) == 1 and len(deepest) == 1:
            return self._end(graph, name, head, picture, last)
        last = graph.add(f"{of}decoder_picture", picture, last)
        unflattened = Reshape(shape=deepest)
        if len(shapes) == 1:
            return self._end(graph, name, head, unflattened, last)
        last = graph.add(f"{of}decoder_reshaped", unflattened, last)
        last = graph.add(f"{of}decoder_activation", activation_of(self.activation, "activation"), last)
        convolutions = self._convolutions(graph)
        for place, (height, width, maps) in enumerate(reversed(shapes[:-1]), 1):
            last = graph.add(f"{of}decoder_grown_{place}", Resize(size=(height, width)), last)
            if place < len(self.maps):
                last = convolutions.unit(f"{of}decoder_{{}}_{place}", last, maps)
        return self._end(graph, name, head, Conv2d(maps=shapes[0][-1], initializer=LINEAR), last)

    def _end(self, graph: Graph, name: str, head: Head, layer: Any, last: str) -> None:
        """The last layer, in the units that are asked for."""
        if head.spread or head.centre:
            return add_values(graph, name, head, layer, last)
        return graph.head(name, graph.add(name, layer, last), emits="values")

    def _dense(self, graph: Graph, names: str, units: int, last: str) -> str:
        last = graph.add(names.format("dense"), Dense(units=units, initializer=self.initializer), last)
        return graph.add(names.format("dense_activation"), activation_of(self.activation, "activation"), last)

    def _convolutions(self, graph: Graph) -> Convolutions:
        momentum = self.batch_norm_momentum
        return Convolutions(
            graph=graph, activation=self.activation, batch_norm=self.batch_norm, momentum=momentum,
            initializer=self.initializer,
        )  # fmt: skip

    def parts(self, graph: Graph) -> Mapping[str, Part]:
        """From the input to the code, and from the code to the picture."""
        encoder = {"encoder": Part(INPUT, CODE)}
        pictures = [outlet for name, outlet in graph.heads.items() if graph.out_shapes[name] == graph.in_shape]
        return encoder | ({"decoder": Part(CODE, pictures[0].node)} if pictures else {})

    def note(self, graph: Graph) -> str:
        """Bytes in and out."""
        before, after = prod(graph.in_shape), self.code * graph.dtype.itemsize
        return (
            f"a code of {self.code} numbers: {before:,} bytes of pixels in, {after:,} of {graph.dtype} out, "
            f"{before / after:.3g} to 1"
        )

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Dense, deeper, and with convolutions."""
        return (
            {"code": 3, "hidden": (6,)},
            {"code": 2, "hidden": (6, 5), "activation": "Tanh"},
            {"code": 3, "hidden": (), "maps": (2, 3), "batch_norm": True},
        )


def _is_picture(head: Head, in_shape: Shape) -> bool:
    """Whether a head asks for a picture like the input."""
    asked = len(head.shape) == len(in_shape) and all(a in (None, b) for a, b in zip(head.shape, in_shape, strict=True))
    return asked and head.kind == "values"
