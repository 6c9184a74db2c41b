"""The engines that run a model, by name."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from nnlab.core.errors import MissingError, UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.kernels.threads import at_most_threads
from nnlab.onnx.backends.base import Runnable
from nnlab.onnx.file.views import ModelView

ENGINES = ("numpy", "torch", "onnxruntime")
"""Hand-written; torch's operators, with autograd; Microsoft's runtime, which only runs."""


def load(view: ModelView, engine: str = "numpy", *, threads: int = 0) -> Runnable:
    """A model on an engine, whose library is imported now.

    Options:  engine: one of ENGINES.  threads: for the arithmetic; 0 for all cores. NumPy's are said by `using`.
    Raises:  UsageError: no such engine.  MissingError: it is not installed.  DataError: it does not take the model.
    """
    known_engine(engine)
    if engine == "onnxruntime":
        from nnlab.onnx.backends.onnxruntime import OnnxruntimeModel

        return OnnxruntimeModel(view, threads=threads)
    if engine == "torch":
        _require_torch()
        from nnlab.onnx.backends.torch import TorchBackend

        return TorchBackend.load(view)
    from nnlab.onnx.backends.numpy import NumpyBackend

    return NumpyBackend.load(view)


@contextmanager
def using(engine: str, threads: int) -> Iterator[None]:
    """Within it, an engine's arithmetic has this many threads; 0 leaves it what it has."""
    with at_most_threads(threads) if engine == "numpy" else nullcontext():
        if engine == "torch" and threads:
            _require_torch()
            from nnlab.backends.base import Engine
            from nnlab.backends.torch.devices import use_threads

            use_threads(Engine(threads=threads))
        yield


def known_engine(engine: Any) -> str:
    """The engine's name. Raises UsageError: when there is none of this name."""
    if engine in ENGINES:
        return str(engine)
    near = nearest(str(engine), list(ENGINES)) or list(ENGINES)
    raise UsageError(f"no engine {engine!r}", where="--engine", hint=did_you_mean(near))


def _require_torch() -> None:
    from nnlab.backends.torch import require_torch

    try:
        require_torch()
    except MissingError as error:
        raise MissingError(error.what, where="--engine=torch", hint=error.hint) from error
