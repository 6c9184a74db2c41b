"""BatchNorm as part of the layer whose output it alone reads."""

from copy import copy as shallow_copy
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.quantized_weights import QuantizedWeights
from nnlab.models.graph import Graph, Node


def folded(network: Graph) -> Graph:
    """An independent network that gives what this one gives in evaluation, without every BatchNorm that can go.

    f = gamma / sqrt(running variance + epsilon);  W' = W f, channel by channel;  b' = (b - running mean) f + beta

    Of weights that are rounded W' is made of the rounded ones. A channel's scale is the largest of its weights, so that
    of W' is |f| times that of W, and its codes are the same, but for the sign: folding and rounding change places.
    A BatchNorm folds where it alone reads a layer with weights, whose output is no head.
    """
    nodes = {node.name: node for node in network.nodes}
    readers, heads = network.readers(), {outlet.node for outlet in network.heads.values()}
    pairs = {
        node.inputs[0]: node
        for node in network.nodes
        if isinstance(node.layer, BatchNorm)
        and node.inputs[0] in nodes
        and _axis(nodes[node.inputs[0]].layer) is not None
        and len(readers[node.inputs[0]]) == 1
        and node.inputs[0] not in heads
    }
    gone = {norm.name: name for name, norm in pairs.items()}
    made = Graph()
    for node in network.nodes:
        if node.name in gone:
            continue
        layer = _with_bias(node.layer) if node.name in pairs else shallow_copy(node.layer)
        made.add(node.name, layer, *(gone.get(name, name) for name in node.inputs))
    for name, outlet in network.heads.items():
        made.head(name, gone.get(outlet.node, outlet.node), emits=outlet.emits)
    made.build(network.in_shape, rng=None, dtype=network.dtype)
    state = network.state()
    for name, norm in pairs.items():
        state |= _folded(network, nodes[name], norm, state)
    made.load_state({name: state[name] for name in made.held()})
    return made


def _folded(network: Graph, node: Node, norm: Node, state: dict[str, Array]) -> dict[str, Array]:
    """The weight and the bias with a BatchNorm in them; in float64, rounded once."""
    wide = {name: kept.value.astype(np.float64) for name, kept in network.own(norm.name).items()}
    layer, weight = node.layer, state[f"{node.name}.weight"]
    assert isinstance(norm.layer, BatchNorm)
    factor = wide["gamma"] / np.sqrt(wide["running_variance"] + norm.layer.epsilon)
    exact = layer.rounded(weight) if isinstance(layer, QuantizedWeights) else weight
    axis = _axis(layer)
    assert axis is not None
    along = [1] * weight.ndim
    along[axis] = -1
    bias = state.get(f"{node.name}.bias", np.zeros_like(factor)).astype(np.float64)
    shift = (bias - wide["running_mean"]) * factor + wide["beta"]
    dtype: Any = weight.dtype
    product = exact.astype(np.float64) * factor.reshape(along)
    return {f"{node.name}.weight": product.astype(dtype), f"{node.name}.bias": shift.astype(dtype)}


def _axis(layer: Layer) -> int | None:
    inner = QuantizedWeights.within(layer)
    if getattr(inner, "groups", 1) > 1 and inner.channel_axis != -1:
        return None  # groups share the axis of a transposed convolution's output
    return inner.channel_axis


def _with_bias(layer: Layer) -> Layer:
    """The layer with a bias."""
    if isinstance(layer, QuantizedWeights):
        return QuantizedWeights(layer=layer.layer, layer_options={**layer.layer_options, "bias": True})
    return replace(layer, bias=True)  # type: ignore[call-arg]
