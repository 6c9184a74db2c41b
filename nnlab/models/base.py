"""The contract of a model: a recipe for a graph of layers."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.types import Shape
from nnlab.models.graph import Graph


@dataclass(kw_only=True, eq=False)
class Model(Component, ABC):
    """Its options, and the graph that they give for one input shape and number of classes."""

    @abstractmethod
    def graph(self, in_shape: Shape, classes: int) -> Graph:
        """The graph, not yet built: nodes and layers, no parameters."""


MODELS: Registry[Model] = Registry("model", "nnlab.models")
