"""Inverted bottlenecks: narrow, wide within, narrow again; the wide middle is convolved channel by channel."""

from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.layers.add import Add
from nnlab.layers.dense import Dense
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.multiply import Multiply
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.silu import SiLU
from nnlab.layers.stochastic_depth import StochasticDepth
from nnlab.models.images import Convolutions
from nnlab.models.stages import Row


@dataclass(frozen=True)
class Bottleneck:
    """One block.

    Options:  names: what its nodes' names begin with.  channels: of what it reads.  maps: of what it gives.
              drop: share of the samples that lose its branch in training, where it has a shortcut.
    """

    names: str
    channels: int
    maps: int
    kernel: int
    expansion: int
    stride: int
    drop: float = 0.0


def blocks_of(rows: tuple[Row, ...], channels: int, *, drop: float = 0.0) -> Iterator[Bottleneck]:
    """The blocks of some rows, in order.

    Options:  channels: of what the first one reads.  drop: block i of n, from 0, loses i drop / n of the samples.
    """
    count, place = sum(row.repeats for row in rows), 0
    for number, row in enumerate(rows, start=1):
        for repeat in range(row.repeats):
            stride = row.stride if repeat == 0 else 1
            names = f"stage_{number}_{repeat + 1}_"
            yield Bottleneck(names, channels, row.channels, row.kernel, row.expansion, stride, drop * place / count)
            channels, place = row.channels, place + 1


def add_mobile(convolutions: Convolutions, block: Bottleneck, x: str, *, squeeze: float = 0.0) -> str:
    """MobileNetV2's and EfficientNet's: y = x + BN conv1x1 gate act BN depthwise act BN conv1x1 x

    The first convolution makes `expansion` times as many channels as x has, and is left out where that is as many; the
    depthwise one has the stride. x is added where the shapes agree.

    Options:  squeeze: of the gate's narrow middle, its share of x's channels; 0 for no gate.
    Source:  Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018; Tan and Le,
             "EfficientNet", 2019 (the gate).
    """
    graph, names, wide = convolutions.graph, block.names, block.channels * block.expansion
    last = x if block.expansion == 1 else convolutions.unit(f"{names}expand_{{}}", x, wide, 1)
    last = convolutions.unit(f"{names}depthwise_{{}}", last, wide, block.kernel, stride=block.stride, groups=wide)
    if squeeze:
        last = _gated(convolutions, names, last, wide, max(1, int(squeeze * block.channels)))
    last = convolutions.unit(f"{names}project_{{}}", last, block.maps, 1, activated=False)
    if block.stride > 1 or block.channels != block.maps:
        return last
    if block.drop:
        last = graph.add(f"{names}drop", StochasticDepth(rate=block.drop), last)
    return graph.add(f"{names}sum", Add(), last, x)


def _gated(convolutions: Convolutions, names: str, x: str, wide: int, narrow: int) -> str:
    """Squeeze and excitation: each channel times a gate that is computed of all channels' means."""
    graph = convolutions.graph
    last = graph.add(f"{names}squeeze", GlobalAveragePool(), x)
    last = graph.add(f"{names}squeeze_dense", Dense(units=narrow, initializer=convolutions.initializer), last)
    last = graph.add(f"{names}squeeze_activation", SiLU(), last)
    last = graph.add(f"{names}excite_dense", Dense(units=wide), last)
    gate = graph.add(f"{names}excite_gate", Sigmoid(), last)
    return graph.add(f"{names}gated", Multiply(), x, gate)


def add_ens(convolutions: Convolutions, block: Bottleneck, x: str) -> str:
    """A variant: y = shortcut(x) + BN conv1x1 act BN depthwise act BN conv1x1 x

    The first convolution makes `expansion` times as many channels as the block gives, and has the stride. Every
    convolution has a bias. The shortcut is x, or where shapes differ a 1x1 convolution of x.
    """
    graph, names, wide = convolutions.graph, block.names, block.maps * block.expansion
    last = convolutions.unit(f"{names}expand_{{}}", x, wide, 1, stride=block.stride, bias=True)
    last = convolutions.unit(f"{names}depthwise_{{}}", last, wide, block.kernel, groups=wide, bias=True)
    last = convolutions.unit(f"{names}project_{{}}", last, block.maps, 1, activated=False, bias=True)
    if block.stride > 1 or block.channels != block.maps:
        x = convolutions.conv(f"{names}shortcut_{{}}", x, block.maps, 1, stride=block.stride)
    if block.drop:
        last = graph.add(f"{names}drop", StochasticDepth(rate=block.drop), last)
    return graph.add(f"{names}sum", Add(), last, x)
