"""The same networks on torch: every component translated in a few lines, gradients by autograd."""

import importlib.util

import numpy as np

from nnlab.backends.base import BACKENDS, PLAIN, Backend, Engine
from nnlab.checks.translated import Translated
from nnlab.core.errors import MissingError, UsageError
from nnlab.core.install import install_line
from nnlab.losses.base import Losses
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.optimizers.optimizer import Optimizer


@BACKENDS.register
class Torch(Backend):
    """Torch's arithmetic and gradients, on the processor or a CUDA device."""

    @classmethod
    def of(cls, graph: Graph, *, loss: Losses, optimizer: Optimizer, engine: Engine = PLAIN) -> Learner:
        """A TorchLearner; imports torch."""
        cls.require(engine, dtype=graph.dtype.name)
        if engine.team is not None:
            from nnlab.backends.torch.parallel.members import member

            return member(graph, loss=loss, optimizer=optimizer, engine=engine)
        from nnlab.backends.torch.learner import TorchLearner

        return TorchLearner(graph, loss=loss, optimizer=optimizer, engine=engine)

    @classmethod
    def require(cls, engine: Engine, *, dtype: str = "float32") -> None:
        """Raises MissingError: torch, the device or the compiler is not there.
        UsageError: bfloat16 of float64, a form of convolutions, ways to work that exclude each other."""
        require_torch()
        if engine.convolution != "auto":
            hint = "leave it out, or use --backend=numpy"
            raise UsageError("the torch backend has convolutions of its own", where="--convolution", hint=hint)
        if engine.compile and engine.processes > 1:
            what = "a compiled network does not ask others for their part"
            raise UsageError(what, where=f"--processes={engine.processes}", hint="leave it out, or leave out --compile")
        from nnlab.backends.torch.devices import device_of, refuse_amp, require_compiler
        from nnlab.backends.torch.tuning import require_tuning

        refuse_amp(engine, np.dtype(dtype))
        require_compiler(engine)
        require_tuning(engine, device_of(engine))

    @classmethod
    def has(cls, component: type) -> bool:
        """All of nnlab's own are translated, a contract test holds that; other packages' are looked up, with torch."""
        if component.__module__.startswith("nnlab."):
            return True
        if importlib.util.find_spec("torch") is None:
            return False
        from nnlab.backends.torch.translated import is_translated

        return is_translated(component)

    @classmethod
    def translated(cls) -> Translated:
        """The translations one by one, on the processor; imports torch."""
        require_torch()
        from nnlab.backends.torch.components import TorchTranslated

        return TorchTranslated()


def require_torch() -> None:
    """Raises MissingError: with the line that installs torch, where it is not there or cannot be loaded."""
    try:
        import torch  # noqa: F401
    except (ImportError, OSError) as error:
        gone = isinstance(error, ModuleNotFoundError) and error.name == "torch"
        what = "torch is not installed" if gone else f"torch cannot be loaded ({error})"
        raise MissingError(what, where="--backend=torch", hint=f"type: {install_line('torch')}") from error
