"""Networks of inverted bottlenecks whose stages are rows of numbers, and grow by three factors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from nnlab.core.component import option
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.models.base import MODELS
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import WEIGHTS, Convolutions, ImageModel, add_row_heads, require_names
from nnlab.models.inverted_bottleneck import add_ens, add_mobile, blocks_of
from nnlab.models.stages import STAGES, STAGES_FORM, Rounding, Row, rounded, rows_of, scaled

Block = Literal["ens", "mobile"]


@dataclass(frozen=True)
class Preset:
    """What a name stands for.

    Options:  stages: rows of kernel/expansion/stride/channels/repeats.  stem, head: channels.
              stem_kernel: the first convolution's window.  stem_pool: whether a max-pool follows it.
              squeeze: of the gate's middle, its share of a block's channels; 0 for no gate.
              width, depth: factors of channels and repeats.
    """

    stages: str
    stem: int
    head: int = 40
    block: Block = "ens"
    stem_kernel: int = 7
    stem_pool: bool = True
    squeeze: float = 0.0
    width: float = 1.0
    depth: float = 1.0
    rounding: Rounding = "nearest"
    dropout: float = 0.0


def _efficient(width: float, depth: float, dropout: float) -> Preset:
    rows = "3/1/1/16/1 3/6/2/24/2 5/6/2/40/2 3/6/2/80/3 5/6/1/112/3 5/6/2/192/4 3/6/1/320/1"
    return Preset(rows, 32, 1280, "mobile", 3, False, 0.25, width, depth, "eight", dropout)


PRESETS: dict[str, Preset] = {
    "A": Preset("3/1/2/12/1 5/6/1/12/3 3/6/1/18/3 3/6/2/24/2", 10),
    "B": Preset("3/1/2/12/1 7/6/1/16/1 5/6/1/20/1 5/6/1/28/1 3/6/2/32/1", 8),
    "C": Preset("3/1/2/16/1 5/6/1/22/1 3/6/1/26/2 3/6/2/32/1", 12),
    "B0": _efficient(1.0, 1.0, 0.2),
    "B1": _efficient(1.0, 1.1, 0.2),
    "B2": _efficient(1.1, 1.2, 0.3),
    "B3": _efficient(1.2, 1.4, 0.3),
    "B4": _efficient(1.4, 1.8, 0.4),
    "B5": _efficient(1.6, 2.2, 0.4),
    "B6": _efficient(1.8, 2.6, 0.5),
    "B7": _efficient(2.0, 3.1, 0.5),
}
"""Small networks of some 50,000 parameters, and EfficientNet's."""


@MODELS.register
@dataclass(kw_only=True, eq=False)
class MBConvNet(ImageModel):
    """A stem, stages of inverted bottlenecks, a 1x1 convolution, the mean over all places, a dense layer for each head.

    A stage is a row kernel/expansion/stride/channels/repeats; the stride is its first block's. What is not given is the
    preset's. Of the two kinds of block:

    mobile  conv (no bias) -> batch norm -> activation; identity shortcuts where shapes agree; a gate where asked for.
            Stem: a convolution of stride 2. MobileNetV2's and EfficientNet's.
    ens     every convolution has a bias, every block a shortcut, the first 1x1 convolution the stride. Stem: a 7x7
            convolution of stride 2 without BatchNorm, then a max-pool of stride 2; no activation after the last 1x1
            convolution; BatchNorm's epsilon is 1e-3.

    Shapes:  x: (batch, height, width, channels); y, of each head: (batch, channels), logits or values
    Options:  width, depth: factors of channels and of repeats, on top of the preset's own. ens leaves its stem, its
              head and the repeats of its first row as they are. The third factor, of the image's sides, is `--resize`.
    Raises:  UsageError: naming the row that is none.
    Source:  Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks", 2019.
    """

    also_called = ("EfficientNet", "MnasNet", "MBConv")

    preset: Literal["A", "B", "C", "B0", "B1", "B2", "B3", "B4", "B5", "B6", "B7"] = option(
        "C", "stages, stem and head: one of three of 50,000 parameters (A to C), or EfficientNet's (B0 to B7)"
    )
    stages: str | None = option(None, f"{STAGES}; none: the preset's", metavar=STAGES_FORM)
    block: Block | None = option(None, "kind of block; none: the preset's, and mobile for stages by hand")
    stem: int | None = option(None, "output channels of the first convolution; none: the preset's", low=1)
    head: int | None = option(None, "output channels of the last convolution; none: the preset's", low=1)
    squeeze: float | None = option(
        None,
        "the gate's middle as a share of a block's channels (0.25), 0 for no gate; none: the preset's",
        low=0,
        high=1,
    )
    stem_kernel: int | None = option(
        None, "window of the first convolution; none: the preset's, 3 for mobile stages by hand", low=1, high=99
    )
    stem_pool: bool | None = option(
        None, "whether a max-pool of stride 2 follows it; none: as the preset, not for mobile stages by hand"
    )
    width: float = option(1.0, "factor of the maps of every layer", above=0, high=100)
    depth: float = option(1.0, "factor of every stage's repeats", above=0, high=100)
    rounding: Rounding | None = option(None, "how multiplied counts become whole; none: the preset's")
    stochastic_depth: float = option(0.0, "share of samples that skip a block: 0 at first, more behind", low=0, below=1)
    dropout_rate: float | None = option(
        None, "share of the features that are left out of each step; none: the preset's", low=0, below=1
    )
    activation: str | None = option(None, "the layer that follows convolutions; none: ReLU6 with ens, else SiLU")
    batch_norm_momentum: float | None = option(
        None, "share of the running statistics kept each step; none: 0.99 with ens, else 0.9", low=0, high=1
    )
    initializer: str = option("Kaiming", WEIGHTS)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names(self, activation=self.activation or "ReLU", initializer=self.initializer)
        self.rows()

    def rows(self) -> tuple[Row, ...]:
        """The stages, scaled."""
        plan = self._plan
        rows = rows_of(plan.stages, "MBConvNet.stages")
        return scaled(rows, plan.width, plan.depth, plan.rounding, first_too=plan.block == "mobile")

    def strides(self) -> Iterator[tuple[str, int]]:
        """What makes maps smaller, in order: what it is, in words, and by how much."""
        yield "the first convolution", 2
        if self._plan.stem_pool:
            yield "the max-pool behind it", 2
        yield from ((f"row {row} of the stages", row.stride) for row in self.rows())

    @property
    def _plan(self) -> Preset:
        """The preset with what the options say in its place, everything in numbers."""
        preset = PRESETS[self.preset]
        if self.stages is not None:
            preset = replace(preset, stages=self.stages, block=self.block or "mobile")
            if preset.block == "mobile":
                preset = replace(preset, stem_kernel=3, stem_pool=False)
        said: dict[str, Any] = {
            "block": self.block, "stem": self.stem, "head": self.head, "stem_kernel": self.stem_kernel,
            "stem_pool": self.stem_pool, "squeeze": self.squeeze, "rounding": self.rounding,
            "dropout": self.dropout_rate,
        }  # fmt: skip
        preset = replace(preset, **{key: value for key, value in said.items() if value is not None})
        width, depth = preset.width * self.width, preset.depth * self.depth
        if preset.block == "mobile":
            stem, head = (rounded(n * width, preset.rounding) for n in (preset.stem, preset.head))
            preset = replace(preset, stem=stem, head=head)
        return replace(preset, width=width, depth=depth)

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """stem_conv, ..., stage_1_1_expand_conv, ..., head_conv, ..., global_pool, dropout, output."""
        plan = self._plan
        ens, convolutions = plan.block == "ens", self._convolutions(plan)
        graph, stem = convolutions.graph, convolutions.conv if ens else convolutions.unit
        last = stem("stem_{}", INPUT, plan.stem, plan.stem_kernel, stride=2)
        if plan.stem_pool:
            last = graph.add("stem_pool", MaxPool2d(), last)
        for block in blocks_of(self.rows(), plan.stem, drop=self.stochastic_depth):
            if ens:
                last = add_ens(convolutions, block, last)
            else:
                last = add_mobile(convolutions, block, last, squeeze=plan.squeeze)
        last = convolutions.unit("head_{}", last, plan.head, 1, activated=not ens, bias=ens)
        last = graph.add("global_pool", GlobalAveragePool(), last)
        add_row_heads(graph, heads, last, model="MBConvNet", dropout=plan.dropout)
        return graph

    def _convolutions(self, plan: Preset) -> Convolutions:
        ens, momentum = plan.block == "ens", self.batch_norm_momentum
        return Convolutions(
            graph=Graph(),
            activation=self.activation or ("ReLU6" if ens else "SiLU"),
            momentum=(0.99 if ens else 0.9) if momentum is None else momentum,
            epsilon=1e-3 if ens else 1e-5,
            initializer=self.initializer,
        )

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Both kinds of block, with gates and without."""
        return (
            {"stages": "3/2/1/3/1", "stem": 2, "head": 3, "block": "ens", "stem_kernel": 3},
            {"stages": "3/1/1/2/2", "stem": 2, "head": 3, "squeeze": 0.5, "stochastic_depth": 0.3},
        )
