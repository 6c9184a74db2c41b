"""The torch engine behind onnx's backend interface; torch is imported when a model is prepared."""

from nnlab.onnx.backends.base import EngineBackend, Runnable
from nnlab.onnx.file.views import ModelView


class TorchBackend(EngineBackend):
    """onnx's backend interface over torch."""

    @classmethod
    def load(cls, view: ModelView) -> Runnable:
        """The model on torch."""
        from nnlab.onnx.torch_ops.execute import TorchModel

        return TorchModel(view)


prepare = TorchBackend.prepare
run_model = TorchBackend.run_model
supports_device = TorchBackend.supports_device
