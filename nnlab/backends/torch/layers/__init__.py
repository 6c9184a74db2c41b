"""The layers on torch, by family: each a function of the layer (its options), its own values by field, and its inputs.

The hand-written layer is the definition: it says the options, the shapes, the names of the values and how they are
drawn. What is here computes the same with torch's operators, on values of the same layout; autograd gives the gradient.
A function changes nothing but running statistics, and those in training only.
"""

from importlib import import_module
from pkgutil import iter_modules

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own, TorchLayer
from nnlab.backends.torch.layers.chance import DrawnContext, uniform

__all__ = ["TORCH_LAYERS", "DrawnContext", "Own", "TorchLayer", "uniform"]

for _module in iter_modules(__path__, f"{__name__}."):  # every file beside this one registers what it has
    import_module(_module.name)
