"""The table of layers on torch, and what a translation is given."""

from collections.abc import Callable, Mapping

import torch

from nnlab.core.translations import Translations

Own = Mapping[str, torch.Tensor]
"""A node's parameters and buffers, by field ("weight")."""


TorchLayer = Callable[..., torch.Tensor]
"""Called as translation(layer, own, *xs, ctx=ctx): the output of one pass; `ctx` says the mode and lends the chance."""

TORCH_LAYERS: Translations[TorchLayer] = Translations("layer", "torch")
"""The translation of each layer, by its exact class."""
