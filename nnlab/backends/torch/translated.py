"""Which components are translated."""

from nnlab.backends.torch.layers import TORCH_LAYERS
from nnlab.backends.torch.losses import TORCH_LOSSES
from nnlab.backends.torch.optimizers import TORCH_RULES
from nnlab.core.component import make
from nnlab.core.heads import OUTPUT, Head
from nnlab.layers.base import Layer
from nnlab.losses.base import Loss
from nnlab.models.base import Model
from nnlab.optimizers.base import UpdateRule

SAMPLE_SHAPE, HEADS = (64, 64, 1), {OUTPUT: Head((3,))}
"""What models are wired for, to see which layers they use."""


def is_translated(component: type) -> bool:
    """Whether a component can be used on torch; a model when all its layers can, in each of its examples.

    Kinds without a table (schedules, metrics, initializers, ...) are used as they are.
    """
    if issubclass(component, Layer):
        return component in TORCH_LAYERS
    if issubclass(component, Loss):
        return component in TORCH_LOSSES
    if issubclass(component, UpdateRule):
        return component in TORCH_RULES
    if issubclass(component, Model):
        graphs = [make(component, options).graph(SAMPLE_SHAPE, HEADS) for options in component.examples()]
        return all(type(node.layer) in TORCH_LAYERS for graph in graphs for node in graph.nodes)
    return True
