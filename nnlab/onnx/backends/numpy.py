"""The hand-written engine behind onnx's backend interface."""

from nnlab.onnx.backends.base import EngineBackend, Runnable
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.views import ModelView


class NumpyBackend(EngineBackend):
    """onnx's backend interface over nnlab's own operators."""

    @classmethod
    def load(cls, view: ModelView) -> Runnable:
        """The model on the hand-written engine."""
        return NumpyModel(view)


prepare = NumpyBackend.prepare
run_model = NumpyBackend.run_model
supports_device = NumpyBackend.supports_device
