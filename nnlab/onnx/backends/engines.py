"""The engines that run a model, by name: what each is, and which can be asked for what."""

import importlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.core.errors import MissingError, UsageError

if TYPE_CHECKING:
    from nnlab.onnx.backends.base import EngineBackend, Runnable
    from nnlab.onnx.file.views import ModelView


@dataclass(frozen=True)
class Engine:
    """An engine.

    Options:  title: what it is.  home: module and class of its backend, imported when it is asked for.
              ours: nnlab's own, which has gradients.  offered: for --engine; others only judge.
              counts_turns: whether its loops end of themselves, so that it may be asked first.
    """

    name: str
    title: str
    home: str
    ours: bool = False
    offered: bool = True
    counts_turns: bool = False

    @property
    def backend(self) -> "type[EngineBackend]":
        """Its side of onnx's backend interface."""
        module, _, name = self.home.partition(":")
        found: type[EngineBackend] = getattr(importlib.import_module(module), name)
        return found

    def load(self, view: "ModelView", *, threads: int = 0) -> "Runnable":
        """A model on it. Raises MissingError: it is not installed.  DataError: it does not take the model."""
        self.require()
        return self.backend.load(view, threads=threads)

    def require(self) -> None:
        """Raises MissingError: it is not installed."""
        try:
            self.backend.require()
        except MissingError as error:
            raise MissingError(error.what, where=f"--engine={self.name}", hint=error.hint) from error


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("numpy", "written by hand", "nnlab.onnx.backends.numpy:NumpyBackend", ours=True, counts_turns=True),
        Engine("torch", "torch's operators, with autograd", "nnlab.onnx.backends.torch:TorchBackend", ours=True),
        Engine("reference", "onnx's evaluator", "nnlab.onnx.backends.reference:ReferenceBackend", offered=False),
        Engine("onnxruntime", "Microsoft's runtime", "nnlab.onnx.backends.onnxruntime:OnnxruntimeBackend"),
    )
}
"""All there are. Torch counts the same turns as numpy, and would take minutes for them: it is not asked first."""

OFFERED = tuple(name for name, engine in ENGINES.items() if engine.offered)
"""What --engine may be."""


def load(view: "ModelView", engine: str = "numpy", *, threads: int = 0) -> "Runnable":
    """A model on an engine, whose library is imported now.

    Options:  engine: one of OFFERED.  threads: for the arithmetic; 0 for all cores. NumPy's are said by `using`.
    Raises:  UsageError: no such engine.  MissingError: it is not installed.  DataError: it does not take the model.
    """
    return ENGINES[known_engine(engine)].load(view, threads=threads)


def using(engine: str, threads: int) -> AbstractContextManager[None]:
    """Within it, an engine's arithmetic has this many threads; 0 leaves it what it has."""
    if threads:
        ENGINES[engine].require()
    return ENGINES[engine].backend.using(threads)


def known_engine(engine: Any) -> str:
    """The name of an engine that is offered. Raises UsageError: when there is none of this name."""
    if engine in OFFERED:
        return str(engine)
    from nnlab.core.registry import did_you_mean, nearest

    near = nearest(str(engine), list(OFFERED)) or list(OFFERED)
    raise UsageError(f"no engine {engine!r}", where="--engine", hint=did_you_mean(near))
