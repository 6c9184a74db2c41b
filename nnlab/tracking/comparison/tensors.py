"""What each tensor of a comparison is, read from its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["forward", "loss", "backward", "gradient", "slots", "weights", "buffers", "evaluation"]

ROLES: tuple[Role, ...] = ("forward", "loss", "backward", "gradient", "slots", "weights", "buffers", "evaluation")
"""In the order in which a step makes them."""

PASSES: tuple[Role, ...] = ("forward", "backward")
LOSSES = ("loss", "penalty", "loss gradient")
"""Tensors that belong to no layer."""


@dataclass(frozen=True)
class Tensor:
    """One of the tensors that are compared.

    Options:  layer: the node it belongs to; its role where it belongs to none.  short: its name within the layer.
    """

    name: str
    role: Role
    layer: str
    short: str


def tensors(names: Sequence[str]) -> tuple[Tensor, ...]:
    """The tensors of these names (see `Comparison.tensors`), in the same order."""
    learnt = {f"{layer}.{of}" for layer, gradient, of in (name.partition(" gradient ") for name in names) if gradient}
    return tuple(_tensor(name, learnt) for name in names)


def _tensor(name: str, learnt: set[str]) -> Tensor:
    if name in LOSSES:
        return Tensor(name, "loss", "loss", name.removeprefix("loss "))
    if " gradient " in name:
        layer, _, of = name.partition(" gradient ")
        return Tensor(name, "gradient", layer, f"gradient {of}")
    for role in PASSES:
        if name.endswith(f" {role}"):
            return Tensor(name, role, name.removesuffix(f" {role}"), role)
    value, _, slot = name.rpartition(" ")
    layer, dot, own = name.rpartition(".")
    if value in learnt or (value and dot):
        return Tensor(name, "slots", value.rpartition(".")[0], f"{value.rpartition('.')[2]} {slot}")
    if dot:
        return Tensor(name, "weights" if name in learnt else "buffers", layer, own)
    return Tensor(name, "evaluation", "evaluation", name)


def by_layer(found: Sequence[Tensor]) -> dict[str, list[int]]:
    """Which tensors each layer has, by their place; layers as they first occur."""
    layers: dict[str, list[int]] = {}
    for place, tensor in enumerate(found):
        layers.setdefault(tensor.layer, []).append(place)
    return layers
