"""What samples a model takes, found by building it: rows, images, or images from some size on."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.types import Shape
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.models.base import Model
from nnlab.models.forms import forms
from nnlab.models.graph import Graph
from nnlab.models.one_layer import OneLayer


@dataclass(kw_only=True, eq=False)
class OfImages(Model):
    """Images of at least so many rows."""

    least: int = 1

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """flatten, output"""
        if len(in_shape) != 3 or in_shape[0] < self.least:
            raise ShapeError(f"takes images of {self.least} rows and more, got {in_shape}")
        graph = Graph(emits="logits")
        graph.add("flatten", Flatten())
        graph.add("output", Dense(units=heads[OUTPUT].channels))
        return graph


@dataclass(kw_only=True, eq=False)
class OfRows(Model):
    """Rows of values."""

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """output"""
        if len(in_shape) != 1:
            raise ShapeError("takes rows of values")
        graph = Graph(emits="logits")
        graph.add("output", Dense(units=heads[OUTPUT].channels))
        return graph


@pytest.mark.parametrize(
    ("model", "shapes", "takes"),
    [
        (OneLayer(), ((7,), (3, 4, 2)), "any"),
        (OfRows(), ((7,),), "vectors"),
        (OfImages(), ((3, 4, 2),), "images"),
        (OfImages(least=20), ((32, 32, 3),), "images"),
    ],
)
def test_forms(model: Model, shapes: tuple[Shape, ...], takes: str) -> None:
    assert forms(model) == shapes and model.takes() == takes


def test_a_model_of_neither_says_why() -> None:
    model = OfImages(least=1000)
    assert model.takes() == "any"
    with pytest.raises(UsageError, match="1000 rows and more"):
        forms(model)
