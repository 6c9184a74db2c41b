"""The contract of a model: a recipe for a graph of layers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self

from nnlab.core.component import Component, make, option, options_of
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.registry import Registry
from nnlab.core.types import Shape
from nnlab.layers.base import LAYERS, Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.cosine_similarity import CosineSimilarity
from nnlab.layers.dense import Dense
from nnlab.layers.l2_normalize import L2Normalize
from nnlab.layers.rescale import Rescale
from nnlab.models.forms import forms
from nnlab.models.freezing import freeze
from nnlab.models.graph import Graph
from nnlab.models.parts import Part

MOMENTUM = "share of the running statistics kept each step; less makes them follow the weights faster"
"""What the option says that models with BatchNorm have."""

Takes = Literal["vectors", "images", "any"]
"""What the samples of a model are."""


@dataclass(kw_only=True, eq=False)
class Model(Component, ABC):
    """Its options, and the graph that they give for one input shape and the heads that a task asks for."""

    freeze: tuple[str, ...] = option(
        (),
        "weights that stay as they are: backbone for all but the heads, or names (* for any letters)",
    )

    @abstractmethod
    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """The graph, not yet built: nodes and layers, no parameters. It has these heads, and no others."""

    def network(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """The same graph, which can be had for samples of other sizes too (`Graph.at`)."""
        return self.graph(in_shape, heads).sized_by(partial(self.graph, heads=heads))

    def freeze_in(self, graph: Graph) -> None:
        """Freezes in a built graph what the option says. Raises UsageError: naming what is not there."""
        freeze(graph, self.freeze)

    def can_unfreeze(self) -> bool:
        """Whether what is frozen can learn later in the same run."""
        return True

    def takes(self) -> Takes:
        """Whether its samples are rows of values, images (height, width, channels), or either; found by building it."""
        try:
            ranks = {len(shape) for shape in forms(self)}
        except UsageError:  # it is said when it is built for the data
            return "any"
        return "any" if len(ranks) > 1 else "images" if ranks == {3} else "vectors"

    def fits(self) -> tuple[Shape, int] | None:
        """The one shape of samples and number of outputs that it is for; None where it is for any."""
        return None

    def size(self) -> tuple[int, int] | None:
        """The width and height of the only images that it takes; None where it takes others too."""
        return None

    def feeding(self) -> Mapping[str, Any]:
        """How its makers feed it, as settings of the data; empty where they do not say."""
        return {}

    def parts(self, graph: Graph) -> Mapping[str, Part]:
        """What its network consists of that is of use by itself, by name: an encoder, a decoder.

        Options:  graph: the network that it made, built.
        """
        return {}

    def note(self, graph: Graph) -> str:
        """What is worth knowing of the network that it made, in a line below its results; empty for nothing."""
        return ""

    def files(self) -> Mapping[str, bytes]:
        """What its last graph was made of besides its options, by file name, for the run folder to keep."""
        return {}

    def from_run(self, folder: Path) -> Self:
        """The model as a run folder keeps it: made of the files there; itself where there are none of its own."""
        return self

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests and `nnlab check` make one; by default the defaults."""
        return ({},)


def vector_heads(heads: Mapping[str, Head], what: str) -> Mapping[str, Head]:
    """The heads, each of a row of values. Raises UsageError: where a map is asked for, naming what gives none."""
    for name, head in heads.items():
        if len(head.shape) != 1:
            raise UsageError(
                f"{what} gives one row of values a sample, no map as the task asks for",
                where=f"head {name!r}",
                hint="choose a model that gives maps",
            )
    return heads


def add_values(graph: Graph, name: str, head: Head, layer: Layer, *inputs: str) -> None:
    """Adds a head of values: the layer, and a change to the targets' units, so that it works on numbers around 0."""
    end = graph.add(name, layer, *inputs)
    graph.head(name, graph.add(f"{name}_units", Rescale(spread=head.spread, centre=head.centre), end), emits="values")


def add_vectors(graph: Graph, name: str, layer: Layer, *inputs: str) -> None:
    """Adds a head of vectors: the layer, a BatchNorm, and their length made 1."""
    graph.add(f"{name}_batch_norm", BatchNorm(), graph.add(name, layer, *inputs))
    graph.head(name, graph.add(f"{name}_direction", L2Normalize()), emits="vectors")


def add_behind(graph: Graph, name: str, head: Head) -> None:
    """Adds a head that reads what a head of vectors gives before its length is made 1: cosines with a direction of each
    class, or logits of a dense layer."""
    assert head.of is not None
    features = f"{head.of}_batch_norm"
    layer: Layer = CosineSimilarity(units=head.channels) if head.kind == "cosines" else Dense(units=head.channels)
    graph.head(name, graph.add(name, layer, features), emits="cosines" if head.kind == "cosines" else "logits")


def add_head(graph: Graph, name: str, head: Head, layer: Layer, *inputs: str) -> None:
    """Adds a head: the layer, with what has to follow it; where it reads another head, that alone."""
    if head.of is not None:
        add_behind(graph, name, head)
    elif head.kind == "values":
        add_values(graph, name, head, layer, *inputs)
    elif head.kind == "vectors":
        add_vectors(graph, name, layer, *inputs)
    elif head.kind == "cosines":
        graph.head(name, graph.add(name, CosineSimilarity(units=head.channels), *inputs), emits="cosines")
    else:
        graph.head(name, graph.add(name, layer, *inputs), emits="logits")


def named(registry: Registry[Any], name: str, where: str) -> type[Any]:
    """The component that an option names. Raises UsageError: naming the option, when there is none."""
    try:
        return registry.get(name)
    except UsageError as error:
        raise UsageError(error.what, where=where, hint=error.hint) from error


def activation_of(name: str, where: str, options: Mapping[str, Any] | None = None) -> Layer:
    """The layer that an option names as an activation. Raises UsageError: naming the option, where it is none."""
    cls = named(LAYERS, name, where)
    if any(offered.required for offered in options_of(cls)):
        raise UsageError(f"{cls.__name__} is no activation", where=where, hint="use ReLU or Tanh")
    try:
        layer: Layer = make(cls, options or {})
    except UsageError as error:
        raise UsageError("; ".join(str(error).splitlines()), where=f"{where}_options") from error
    return layer


MODELS: Registry[Model] = Registry("model", "nnlab.models")
