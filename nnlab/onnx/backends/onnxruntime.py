"""onnxruntime behind onnx's backend interface: it runs and gives no gradients. Imported when a model is prepared."""

import re
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from nnlab.core.errors import DataError, MissingError, UsageError
from nnlab.core.install import install_line
from nnlab.core.types import Array
from nnlab.onnx.apart.helper import Helper
from nnlab.onnx.apart.tame import is_tame
from nnlab.onnx.backends.base import EngineBackend, Runnable
from nnlab.onnx.engine.endless import holds_loop, watched
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Value, Values
from nnlab.onnx.places import one_line

WHO = "onnxruntime"

ERRORS_ONLY = 4
"""Of onnxruntime's levels of logging, the one at which it leaves stderr alone: what it raises is said by us."""


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
            helper = Helper()
            weakref.finalize(self, helper.close)
            helper.call("open_kept", data, threads, who=WHO)
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
    def load(cls, view: ModelView) -> Runnable:
        """The model on onnxruntime."""
        return OnnxruntimeModel(view)


prepare = OnnxruntimeBackend.prepare
run_model = OnnxruntimeBackend.run_model
supports_device = OnnxruntimeBackend.supports_device


def require_onnxruntime() -> Any:
    """The library. Raises MissingError: with the line that installs it, where it is not there or cannot be loaded."""
    try:
        import onnxruntime
    except (ImportError, OSError) as error:
        raise MissingError(
            "onnxruntime is not installed", where="--engine=onnxruntime", hint=f"type: {install_line('onnxruntime')}"
        ) from error
    return onnxruntime


def open_session(data: bytes, *, threads: int, plain: bool = False) -> Any:
    """A session of a model's bytes. Options:  plain: nothing in it is rearranged."""
    library = require_onnxruntime()
    options = library.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = ERRORS_ONLY
    if plain:
        options.graph_optimization_level = library.GraphOptimizationLevel.ORT_DISABLE_ALL
    return library.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run_session(
    session: Any,
    inputs: Mapping[str, Value],
    wanted: Sequence[str] | None = None,
    *,
    loops: bool,
    where: str | None = None,
) -> Sequence[Value]:
    """The outputs of a session, all or those that are wanted.

    Options:  loops: whether the model has a Loop, so that it may never end.
    Raises:  DataError: it did not end in time.  What onnxruntime raises, else.
    """
    names = None if wanted is None else list(wanted)
    if not loops:
        return list(session.run(names, dict(inputs)))
    with watched(require_onnxruntime().RunOptions()) as run:
        try:
            return list(session.run(names, dict(inputs), run.options))
        except Exception as error:
            if run.ended:
                raise run.error(where) from error
            raise


def _run_kept(helper: Helper, inputs: Mapping[str, Value], *, loops: bool, where: str | None) -> Sequence[Value]:
    """The outputs of the session that a helper process keeps."""
    found: Sequence[Value] = helper.call("run_kept", dict(inputs), loops, where, who=WHO)
    return found


def reason(error: Exception) -> str:
    """What it says, in one line without the name of its error class and the place in its sources."""
    text = one_line(error).rpartition(" : ")[2]
    newest = re.search(r"official support for domain (\S+) is till opset (\d+)", text)
    if newest:
        return f"it knows the operators of {newest[1]} up to version {newest[2]}"
    return _without_place(text) or type(error).__name__


def _without_place(text: str) -> str:
    """What follows "/a/file.cc:12 its::Type its::function(int, const std::function<void(int)>&) const "."""
    place = re.match(r"/\S+:\d+ ", text)
    deep, opened = 0, False
    for index, letter in enumerate(text if place else ""):
        deep += (letter == "(") - (letter == ")")
        opened = opened or letter == "("
        if opened and deep == 0 and letter == " ":  # the brackets of its arguments are closed
            return text[index:].removeprefix(" const ").strip()
    return text
