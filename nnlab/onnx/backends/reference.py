"""onnx's reference evaluator behind onnx's backend interface: it judges the others."""

from collections.abc import Mapping, Sequence

from nnlab.core.errors import DataError, UsageError
from nnlab.core.types import Array
from nnlab.onnx.apart import calls
from nnlab.onnx.backends.base import EngineBackend, Runnable
from nnlab.onnx.backends.one_node import LonelyNodes, OneNode
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Value, Values
from nnlab.onnx.places import one_line


class ReferenceModel:
    """A model for the evaluator. Options:  view: read and checked."""

    def __init__(self, view: ModelView):
        self.view = view

    def run(self, inputs: Mapping[str, Value]) -> Values:
        """The outputs, in the order of the model. Raises DataError: whatever an operator there does not do."""
        try:
            return tuple(calls.reference(self.view.proto, inputs))
        except Exception as error:  # each operator's own
            raise DataError(one_line(error), where="onnx's reference evaluator") from error

    def gradients(self, inputs: Mapping[str, Value], weights: Sequence[Array | None]) -> dict[str, Array | None]:
        """Refused: it only runs."""
        raise UsageError("onnx's reference evaluator gives no gradients", where="--engine")


class ReferenceBackend(EngineBackend):
    """onnx's backend interface over its own evaluator."""

    @classmethod
    def load(cls, view: ModelView, *, threads: int = 0) -> Runnable:
        """The model, ready to run."""
        return ReferenceModel(view)

    @classmethod
    def node_by_node(cls, view: ModelView, steps: Plan) -> OneNode:
        """Each node as a model of its own."""
        return LonelyNodes(view, steps, calls.reference)
