"""onnxruntime behind onnx's backend interface: it runs and gives no gradients. Imported when a model is prepared."""

import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from nnlab.core.errors import DataError, UsageError
from nnlab.core.types import Array
from nnlab.onnx.apart import calls
from nnlab.onnx.apart.endless import holds_loop
from nnlab.onnx.apart.helper import Helper
from nnlab.onnx.apart.sessions import open_session, reason, require_onnxruntime, run_session
from nnlab.onnx.apart.tame import is_tame
from nnlab.onnx.backends.base import EngineBackend, Runnable
from nnlab.onnx.backends.one_node import LonelyNodes, OneNode
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Value, Values

WHO = "onnxruntime"


class OnnxruntimeModel:
    """A model, ready to run on onnxruntime's processor kernels; unless it is tame, in a process of its own.

    Options:  view: read and checked.  threads: for one operator; 0 for all cores.
    Raises:  MissingError: onnxruntime is not installed.  DataError: it does not take the model, or crashes on it.
    """

    def __init__(self, view: ModelView, *, threads: int = 0):
        self.view = view
        self.loops = holds_loop(view.proto)
        require_onnxruntime()
        # From bytes: values in other files were fetched, and found to lie in the model's folder, when it was read.
        data = bytes(view.proto.SerializeToString())
        with self._explained("onnxruntime does not take it"):
            if is_tame(view.proto):
                self._run = partial(run_session, open_session(data, threads=threads))
                return
            helper = Helper(opening=("open_kept", data, threads))
            weakref.finalize(self, helper.close)
            helper.open(who=WHO)
            self._run = partial(_run_kept, helper)

    def run(self, inputs: Mapping[str, Value]) -> Values:
        """The outputs, in the order of the model. Raises DataError: also when it does not end in time, or crashes."""
        with self._explained("onnxruntime cannot run it"):
            return tuple(self._run(inputs, loops=self.loops, where=self.view.graph.name))

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Whatever it raises, its classes have nothing in common, as a DataError."""
        try:
            yield
        except DataError as error:
            raise DataError(error.what, where=error.where or self.view.graph.name, hint=error.hint) from error
        except Exception as error:
            raise DataError(f"{what} ({reason(error)})", where=self.view.graph.name) from error

    def gradients(self, inputs: Mapping[str, Value], weights: Sequence[Array | None]) -> dict[str, Array | None]:
        """Refused: onnxruntime only runs."""
        raise UsageError("onnxruntime gives no gradients", where="--engine", hint="use --engine=numpy or torch")


class OnnxruntimeBackend(EngineBackend):
    """onnx's backend interface over onnxruntime."""

    @classmethod
    def load(cls, view: ModelView, *, threads: int = 0) -> Runnable:
        """The model on onnxruntime."""
        return OnnxruntimeModel(view, threads=threads)

    @classmethod
    def require(cls) -> None:
        """Raises MissingError: onnxruntime is not installed."""
        require_onnxruntime()

    @classmethod
    def node_by_node(cls, view: ModelView, steps: Plan) -> OneNode:
        """Each node as a model of its own, nothing in it rearranged."""
        return LonelyNodes(view, steps, calls.run_once)


prepare = OnnxruntimeBackend.prepare
run_model = OnnxruntimeBackend.run_model
supports_device = OnnxruntimeBackend.supports_device


def _run_kept(helper: Helper, inputs: Mapping[str, Value], *, loops: bool, where: str | None) -> Sequence[Value]:
    """The outputs of the session that a helper process keeps."""
    found: Sequence[Value] = helper.call("run_kept", dict(inputs), loops, where, who=WHO)
    return found
