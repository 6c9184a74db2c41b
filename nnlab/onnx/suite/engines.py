"""What the suite can be run on: nnlab's engines, and two others for scale, behind onnx's backend interface."""

from typing import Any

from onnx import ModelProto
from onnx.backend.base import Backend, BackendRep

from nnlab.core.errors import UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.onnx.apart.sessions import ERRORS_ONLY, require_onnxruntime
from nnlab.onnx.backends.engines import ENGINES

OURS = tuple(name for name, engine in ENGINES.items() if engine.ours)


class _Evaluating(BackendRep):
    def __init__(self, model: ModelProto):
        from onnx.reference import ReferenceEvaluator

        stored = {tensor.name for tensor in model.graph.initializer}
        self.names = [value.name for value in model.graph.input if value.name not in stored]
        self.evaluator = ReferenceEvaluator(model)

    def run(self, inputs: Any, **kwargs: Any) -> tuple[Any, ...]:
        return tuple(self.evaluator.run(None, dict(zip(self.names, inputs, strict=False))))


class _Session(BackendRep):
    def __init__(self, model: ModelProto):
        library = require_onnxruntime()
        options = library.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        self.session = library.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def run(self, inputs: Any, **kwargs: Any) -> tuple[Any, ...]:
        names = [value.name for value in self.session.get_inputs()]
        return tuple(self.session.run(None, dict(zip(names, inputs, strict=False))))


class ReferenceBackend(Backend):
    """onnx's reference evaluator, given the models as they are."""

    @classmethod
    def prepare(cls, model: ModelProto, device: str = "CPU", **kwargs: Any) -> BackendRep:
        """The model, ready to run."""
        return _Evaluating(model)

    @classmethod
    def supports_device(cls, device: str) -> bool:
        """The processor alone."""
        return device == "CPU"


class OnnxruntimeBackend(ReferenceBackend):
    """onnxruntime on the processor, given the models as they are."""

    @classmethod
    def prepare(cls, model: ModelProto, device: str = "CPU", **kwargs: Any) -> BackendRep:
        """The model, ready to run. Raises MissingError: when onnxruntime is not installed."""
        return _Session(model)


AS_THEY_ARE: dict[str, type[Backend]] = {"reference": ReferenceBackend, "onnxruntime": OnnxruntimeBackend}


def engine(name: str) -> type[Backend]:
    """The engine of that name. Raises UsageError: naming the nearest."""
    if name not in ENGINES:
        near = nearest(name, list(ENGINES)) or list(ENGINES)
        raise UsageError(f"no engine {name!r}", hint=did_you_mean(near))
    return AS_THEY_ARE.get(name) or ENGINES[name].backend
