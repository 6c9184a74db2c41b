"""Waist."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.types import Shape
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.models.base import Model, Takes
from nnlab.models.graph import Graph
from nnlab_example.softsign import Softsign


@dataclass(kw_only=True, eq=False)
class Waist(Model):
    """A network that lets everything through one narrow layer.

    flatten (where samples are images) -> dense -> softsign -> dense

    Shapes:  x: (batch, *in_shape); y: (batch, classes), logits
    """

    waist: int = option(8, "units of the narrow layer", low=1)

    def takes(self) -> Takes:
        """Either: images are flattened."""
        return "any"

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """flatten, narrow, softsign, output"""
        graph = Graph(emits="logits")
        if len(in_shape) > 1:
            graph.add("flatten", Flatten())
        graph.add("narrow", Dense(units=self.waist))
        graph.add("softsign", Softsign())
        graph.add("output", Dense(units=heads[OUTPUT].channels))
        return graph

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """One of each size."""
        return ({"waist": 3}, {})
