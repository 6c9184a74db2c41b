"""Where a model's outputs come from: which is a class's number and not a score, which are probabilities."""

from dataclasses import dataclass
from functools import cached_property

from onnx import NodeProto

from nnlab.core.types import Array
from nnlab.onnx.file.emits import PASSING, Emitted, emitted
from nnlab.onnx.file.soundness import graphs_in
from nnlab.onnx.file.views import ModelView, NodeView

PASSED = PASSING - {"ZipMap"} | {"Cast", "Clip"}
"""Operators that give the numbers that they take, in another form. Which class it is stays so whatever a Cast or a Clip
does to a probability; what a ZipMap gives is no numbers but a table."""

NUMBERING = frozenset({"ArgMax", "ArgMin"})
CLASSIFIERS = frozenset({"LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier"})
PICKED = frozenset({"ArrayFeatureExtractor", "Gather", "GatherND", "GatherElements"})
BOXES = "NonMaxSuppression"
CLASS_LISTS = ("classlabels_int64s", "classlabels_ints", "classlabels_strings")
VALUES = ("values_strings", "values_int64s", "values_tensor", "classes_strings")


@dataclass(frozen=True)
class Source:
    """What gives a value, behind operators that only change its form.

    Options:  name: of the value there.  node: None for what is an input or stored.  place: which of its outputs it is.
    """

    name: str
    node: NodeView | None
    place: int = 0

    @property
    def operator(self) -> str:
        """The node's operator; "" where there is none."""
        return self.node.operator if self.node else ""


@dataclass(frozen=True, eq=False)
class Origins:
    """The nodes of a model's own graph, asked backwards."""

    view: ModelView

    @cached_property
    def _givers(self) -> dict[str, tuple[NodeView, int]]:
        return {
            name: (node, place) for node in self.view.graph.nodes for place, name in enumerate(node.outputs) if name
        }

    def emits(self, name: str) -> Emitted | None:
        """What a value is by the nodes behind it, as `emits.py` finds it."""
        if name not in self._emitted:
            self._emitted[name] = emitted(self.view, name)
        return self._emitted[name]

    @cached_property
    def _emitted(self) -> dict[str, Emitted | None]:
        return {}

    def giver(self, name: str) -> NodeView | None:
        """The node that gives a value; None for what is an input or stored."""
        return self._givers[name][0] if name in self._givers else None

    def source(self, name: str) -> Source:
        """What gives a value."""
        while name in self._givers:
            node, place = self._givers[name]
            if node.operator not in PASSED or not node.inputs:
                return Source(name, node, place)
            name = node.inputs[0]
        return Source(name, None)

    def numbering(self, name: str) -> Source | None:
        """The node that says which class, where a value is a class's number or name; None for any other value."""
        found = self.source(name)
        node = found.node
        if node is None:
            return None
        if node.operator in NUMBERING or (node.operator == "TopK" and found.place == 1):
            return found
        if node.operator in CLASSIFIERS:
            return found if found.place == 0 else None
        if node.operator in PICKED and self.stored(node.inputs[0]) is not None:
            return self.numbering(node.inputs[1])
        if node.operator in {"LabelEncoder", "CategoryMapper"}:
            return self.numbering(node.inputs[0])
        return None

    def class_list(self, name: str) -> tuple[str, ...]:
        """The classes that the model itself lists for such a value, in the order of its scores; empty for none."""
        node = self.source(name).node
        if node is None:
            return ()
        if node.operator in PICKED and len(node.inputs) > 1 and (stored := self.stored(node.inputs[0])) is not None:
            return tuple(map(_text, stored.reshape(-1).tolist()))
        for key in (*CLASS_LISTS, *VALUES):
            if (listed := node.attributes.get(key)) is not None and len(listed):
                return tuple(map(_text, listed))
        return ()

    def scores_behind(self, name: str) -> str | None:
        """The value whose largest entry a class's number is; for scores, they themselves before softmax or sigmoid."""
        found = self.numbering(name) or self.source(name)
        node = found.node
        if node is None or node.operator in CLASSIFIERS:
            return found.name if node is None else f"classifier {node.name}"
        if found.operator in NUMBERING | {"TopK", "ReduceMax"}:
            found = self.source(node.inputs[0])
        while found.node is not None and found.operator in {"Softmax", "LogSoftmax", "Sigmoid", "Normalizer", "ZipMap"}:
            found = self.source(found.node.inputs[0])
        classifier = found.node is not None and found.operator in CLASSIFIERS
        return f"classifier {found.node.name}" if classifier and found.node else found.name

    def holds_boxes(self, name: str) -> bool:
        """Whether boxes were left out on the way to a value, so that its length is the number of the others."""
        return name in self._of_boxes

    @cached_property
    def _of_boxes(self) -> set[str]:
        """The values that boxes were left out for."""
        found, waiting = set[str](), [node for node in self.view.graph.nodes if _has_boxes(node.proto)]
        readers: dict[str, list[NodeView]] = {}
        for node in self.view.graph.nodes if waiting else ():
            for name in node.inputs:
                readers.setdefault(name, []).append(node)
        while waiting:
            for name in set(waiting.pop().outputs) - {""} - found:
                found.add(name)
                waiting.extend(readers.get(name, ()))
        return found

    def stored(self, name: str) -> Array | None:
        """A stored value; None for what is computed or given."""
        node, _ = self._givers.get(name, (None, 0))
        if node is None:
            return self.view.graph.initializer(name)
        if node.operator in PASSED and node.inputs:
            return self.stored(node.inputs[0])
        return next(iter(node.attributes.values()), None) if node.operator == "Constant" else None


def _has_boxes(node: NodeProto) -> bool:
    """Whether a node leaves out boxes, itself or in a graph inside. Asked of the file: no weights are read for it."""
    return node.op_type == BOXES or any(_has_boxes(deeper) for inner in graphs_in(node) for deeper in inner.node)


def _text(entry: object) -> str:
    return entry.decode("utf-8", "replace") if isinstance(entry, bytes) else str(entry)
