"""The torch engine behind onnx's backend interface; torch is imported when a model is prepared."""

from contextlib import AbstractContextManager, nullcontext

from nnlab.onnx.backends.base import EngineBackend, Runnable
from nnlab.onnx.backends.one_node import OneNode, PlannedNodes
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.file.views import ModelView


class TorchBackend(EngineBackend):
    """onnx's backend interface over torch."""

    @classmethod
    def load(cls, view: ModelView, *, threads: int = 0) -> Runnable:
        """The model on torch. Raises MissingError: torch is not installed."""
        cls.require()
        from nnlab.onnx.torch_ops.execute import TorchModel

        return TorchModel(view)

    @classmethod
    def require(cls) -> None:
        """Raises MissingError: torch is not installed."""
        from nnlab.backends.torch import require_torch

        require_torch()

    @classmethod
    def using(cls, threads: int) -> AbstractContextManager[None]:
        """Torch has them from now on."""
        if threads:
            from nnlab.backends.base import Engine
            from nnlab.backends.torch.devices import use_threads

            use_threads(Engine(threads=threads))
        return nullcontext()

    @classmethod
    def node_by_node(cls, view: ModelView, steps: Plan) -> OneNode:
        """A plan of its own, which has the same nodes. Raises DataError: naming operators that are not translated."""
        cls.require()
        from nnlab.onnx.torch_ops.arrays import to_array
        from nnlab.onnx.torch_ops.execute import TorchModel, torch_compute

        return PlannedNodes(TorchModel(view).plan, torch_compute, to_array)


prepare = TorchBackend.prepare
run_model = TorchBackend.run_model
supports_device = TorchBackend.supports_device
