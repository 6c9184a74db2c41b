"""A network from an ONNX file, to be trained further."""

import dataclasses
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from nnlab.core.component import option
from nnlab.core.errors import NnlabError, UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.types import Shape
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.models.base import Model, Takes, add_head, vector_heads
from nnlab.models.forms import CLASSES
from nnlab.models.graph import Graph

if TYPE_CHECKING:
    from nnlab.onnx.train.network import OnnxNetwork


LOG = logging.getLogger("nnlab.onnx")

IMPORTED = "imported.onnx"
"""The model in the folder of a run that was trained on it."""

ONE_LAYER = "one_layer"
"""The model by default; where no file has this name it is made for the samples at hand."""


ANY = Head((0,))
"""Stands for the heads where a file is only looked at."""


@dataclass(kw_only=True, eq=False)
class Onnx(Model):
    """What an ONNX file holds, as a model like any other: its stored weights are where training starts.

    Whether it emits probabilities or logits is found from the graph. `one_layer`, where there is no file of this name,
    is a OneLayer for the samples and heads at hand: the first weights of model seed 0, as ONNX.

    Shapes:  x: (batch, *in_shape); y: (batch, classes), or values
    """

    also_called = ("VGG", "ViT", "Pretrained")

    onnx_model: str = option(ONE_LAYER, "the model: a name in the models path, or a path", path=True)
    models_path: str = option("models", "folder of models", path=True)
    new_head: bool = option(False, "cut the network at its last features and put a new layer for these classes there")
    _view: Any = field(default=None, init=False, repr=False)  # the ModelView that was read for the last graph
    _copy: Path | None = field(default=None, init=False, repr=False)  # a run's own; the options stay what was typed

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """onnx: the whole file as one node; with a new head its features, then (flatten) and head."""
        head = _one_of(heads)
        network = self._network(in_shape, head)
        outputs = network.tried(in_shape).shape
        if self.new_head:
            return _with_head(network, outputs, head)
        if not head.fits(outputs):
            kind = "classes" if head.kind == "classes" else "values"
            raise UsageError(
                f"gives {' x '.join(map(str, outputs))} values a sample, and the dataset has {head.channels} {kind}",
                where=network.path,
                hint=f"type --new-head for a layer of the dataset's {kind}, or choose a dataset of as many",
            )
        graph = Graph(emits="values" if head.kind == "values" else network.emits(in_shape))
        graph.add("onnx", network)
        return graph

    def _network(self, in_shape: Shape, head: Head) -> "OnnxNetwork":
        from nnlab.onnx.catalogue.files import find_model  # onnx is imported when a file is to be read
        from nnlab.onnx.file.read import read_model
        from nnlab.onnx.train.network import OnnxNetwork
        from nnlab.onnx.write.one_layer import one_layer

        if self._is_made:
            path, self._view = ONE_LAYER, one_layer(in_shape, head)
        else:
            path = str(self._copy or find_model(self.onnx_model, self.models_path))
            self._view = read_model(path)
        return OnnxNetwork(path=path, given=self._view, headless=self.new_head, freeze=self.freeze)

    def freeze_in(self, graph: Graph) -> None:
        """Nothing: its layer makes no parameters of what is frozen."""

    def can_unfreeze(self) -> bool:
        """Not what is no parameter."""
        return False

    def files(self) -> Mapping[str, bytes]:
        """The model as it was read, values from other files put in; none before a graph, or where it is too large."""
        if self._view is None:
            return {}
        from google.protobuf.message import EncodeError

        try:
            return {IMPORTED: self._view.proto.SerializeToString()}
        except (EncodeError, ValueError):  # protobuf's own limit: 2 GiB
            LOG.warning(
                "%s: too large for one file, so the run keeps no copy of it and needs it there", self.onnx_model
            )
            return {}

    def from_run(self, folder: Path) -> Self:
        """Of the run's own copy, whatever lies at the path that it was read from."""
        copy = folder / IMPORTED
        if not copy.is_file():
            return self
        own = dataclasses.replace(self)
        own._copy = copy
        return own

    def takes(self) -> Takes:
        """What the file says of its input."""
        from nnlab.onnx.file.samples import takes

        if self._is_made:
            return "any"
        try:
            network = self._network((), ANY)
        except NnlabError:  # it is said when the network is built
            return "any"
        inputs = (network.given or network.model.view).graph.inputs
        return takes(inputs[0].shape) if len(inputs) == 1 else "any"

    def size(self) -> tuple[int, int] | None:
        """What the file says of its input."""
        from nnlab.onnx.file.samples import channels_last

        if self.takes() != "images" or self._is_made:
            return None
        network = self._network((), ANY)
        view = network.given or network.model.view
        shape = view.graph.inputs[0].shape or ()
        sides = shape[1:3] if channels_last(view) else shape[2:4]
        height, width = sides if len(shape) == 4 else (None, None)
        return (width, height) if isinstance(width, int) and isinstance(height, int) else None

    def feeding(self) -> Mapping[str, Any]:
        """What the file's own metadata or the catalogue says."""
        from nnlab.onnx.inference.fed import data_settings

        if self._is_made:
            return {}
        try:
            network = self._network((), ANY)
        except NnlabError:  # it is said when the network is built
            return {}
        return data_settings(network.given or network.model.view, self.onnx_model)

    def fits(self) -> tuple[Shape, int] | None:
        """The samples that go through, and how many classes come out; None where any may."""
        from nnlab.onnx.train.fit import fit

        if self._is_made:
            return None
        found = fit(self._network((), ANY))
        return (found[0], CLASSES.channels) if found and self.new_head else found

    @property
    def _is_made(self) -> bool:
        """Whether it is the network that is made for the samples at hand."""
        from nnlab.onnx.catalogue.files import known_models

        if self._copy:
            return False
        return self.onnx_model == ONE_LAYER and ONE_LAYER not in known_models(self.models_path)


def _one_of(heads: Mapping[str, Head]) -> Head:
    """Raises UsageError: where a task asks for several, of which a file says nothing."""
    if list(heads) != [OUTPUT]:
        what = f"a network from a file has one output here, and the task asks for {', '.join(heads)}"
        raise UsageError(what, where="--model=Onnx", hint="choose another model")
    return heads[OUTPUT]


def _with_head(network: "OnnxNetwork", features: Shape, head: Head) -> Graph:
    """A network's features, and a dense layer that is drawn anew."""
    vector_heads({OUTPUT: head}, "--new-head")
    graph = Graph(emits="logits")
    last = graph.add("onnx", network)
    if len(features) > 1:
        last = graph.add("flatten", Flatten())
    if head.kind != "classes":
        add_head(graph, OUTPUT, head, Dense(units=head.channels, bias=head.kind != "vectors"), last)
    else:
        graph.add("head", Dense(units=head.channels))
    return graph
