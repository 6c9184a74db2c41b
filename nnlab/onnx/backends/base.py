"""What both engines share of onnx's backend interface."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from onnx import ModelProto
from onnx.backend.base import Backend, BackendRep, Device, DeviceType

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.onnx.backends.one_node import OneNode
from nnlab.onnx.engine.given import named
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Value, Values


class Runnable(Protocol):
    """A model on an engine."""

    view: ModelView

    def run(self, inputs: Mapping[str, Value]) -> Values:
        """The outputs."""
        ...

    def gradients(self, inputs: Mapping[str, Value], weights: Sequence[Array | None]) -> dict[str, Array | None]:
        """The gradient of the weighted sum of the outputs."""
        ...


class Prepared(BackendRep):
    """A model that was prepared."""

    def __init__(self, model: Runnable):
        self.model = model

    def run(self, inputs: Any, **kwargs: Any) -> tuple[Any, ...]:
        """The outputs, for inputs in the order of the model (or by name)."""
        return tuple(self.model.run(self._named(inputs)))

    def gradients(self, inputs: Any, output_weights: Sequence[Array | None]) -> list[Array | None]:
        """The gradient, over each input, of the sum of weight times output; None where there is none."""
        named = self._named(inputs)
        found = self.model.gradients(named, output_weights)
        return [found.get(value.name) for value in self.model.view.graph.inputs]

    def _named(self, inputs: Any) -> dict[str, Value]:
        if isinstance(inputs, Mapping):
            return dict(inputs)
        return named(self.model.view, list(inputs) if isinstance(inputs, (list, tuple)) else [inputs])


class EngineBackend(Backend):
    """onnx's backend interface over one of the engines; `load` makes a model runnable."""

    @classmethod
    @abstractmethod
    def load(cls, view: ModelView, *, threads: int = 0) -> Runnable:
        """The model on this engine. Options:  threads: for the arithmetic, where `using` does not say it."""

    @classmethod
    def require(cls) -> None:
        """Raises MissingError: with the line that installs it, where it is not there."""
        return None

    @classmethod
    def using(cls, threads: int) -> AbstractContextManager[None]:
        """Within it, the engine's arithmetic has this many threads, where `load` does not say it."""
        return nullcontext()

    @classmethod
    @abstractmethod
    def node_by_node(cls, view: ModelView, steps: Plan) -> OneNode:
        """What computes the steps of the model's plan one at a time."""

    @classmethod
    def prepare(cls, model: ModelProto, device: str = "CPU", **kwargs: Any) -> Prepared:
        """The model, checked and planned.

        Raises:  DataError: when it is not sound or not supported.  UsageError: a device that is not supported, or
                 something else than a ModelProto.
        """
        if not cls.supports_device(device):
            raise UsageError(f"no device {device!r} for ONNX models", where="device", hint='use "CPU"')
        return Prepared(cls.load(checked(_proto(model))))

    @classmethod
    def run_model(cls, model: ModelProto, inputs: Any, device: str = "CPU", **kwargs: Any) -> tuple[Any, ...]:
        """Prepares and runs a model."""
        return cls.prepare(model, device, **kwargs).run(inputs)

    @classmethod
    def supports_device(cls, device: str) -> bool:
        """Whether there is such a device: the processor."""
        try:
            return bool(Device(device).type == DeviceType.CPU)
        except (AttributeError, ValueError):  # a name that onnx does not know
            return False


def _proto(model: object) -> ModelProto:
    if isinstance(model, ModelProto):
        return model
    how = "onnx.load_from_string" if isinstance(model, (bytes, bytearray, memoryview)) else "onnx.load"
    what = f"prepare takes an onnx.ModelProto, got {type(model).__name__}"
    raise UsageError(what, where="model", hint=f"make one with {how}")
