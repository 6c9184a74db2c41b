"""The hand-written engine behind onnx's backend interface."""

from contextlib import AbstractContextManager

from nnlab.kernels.threads import at_most_threads
from nnlab.onnx.backends.base import EngineBackend, Runnable
from nnlab.onnx.backends.one_node import OneNode, PlannedNodes
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.file.views import ModelView


class NumpyBackend(EngineBackend):
    """onnx's backend interface over nnlab's own operators."""

    @classmethod
    def load(cls, view: ModelView, *, threads: int = 0) -> Runnable:
        """The model on the hand-written engine."""
        return NumpyModel(view)

    @classmethod
    def using(cls, threads: int) -> AbstractContextManager[None]:
        """Within it, threads for the arithmetic."""
        return at_most_threads(threads)

    @classmethod
    def node_by_node(cls, view: ModelView, steps: Plan) -> OneNode:
        """The plan as it is."""
        return PlannedNodes(steps, numpy_compute)


prepare = NumpyBackend.prepare
run_model = NumpyBackend.run_model
supports_device = NumpyBackend.supports_device
