"""The hand-written engine."""

from nnlab.backends.base import BACKENDS, PLAIN, Backend, Engine
from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.core.errors import MissingError, UsageError
from nnlab.layers.convolving import Convolving
from nnlab.layers.quantized_weights import QuantizedWeights
from nnlab.losses.base import Losses
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.optimizers.optimizer import Optimizer


@BACKENDS.register
class Numpy(Backend):
    """The layers' own arithmetic, on the processor."""

    @classmethod
    def of(cls, graph: Graph, *, loss: Losses, optimizer: Optimizer, engine: Engine = PLAIN) -> Learner:
        """A NumpyLearner."""
        cls.require(engine)
        if engine.convolution != "auto":
            for node in graph.nodes:
                layer = QuantizedWeights.within(node.layer)
                if isinstance(layer, Convolving):
                    layer.form = engine.convolution
        return NumpyLearner(graph, loss=loss, optimizer=optimizer, threads=engine.threads)

    @classmethod
    def require(cls, engine: Engine, *, dtype: str = "float32") -> None:
        """Raises MissingError: for a device.  UsageError: for what only other backends can do."""
        if engine.device == "cuda":
            hint = "type --device=cpu or leave it out, or use --backend=torch"
            raise MissingError("the numpy backend has no cuda device", where="--device", hint=hint)
        if engine.processes > 1:
            flag = f"--processes={engine.processes}"
            hint = f"leave it out (one process uses every core), or use --backend=torch {flag}"
            raise UsageError("the numpy backend trains in one process", where=flag, hint=hint)
        for name in ("compile", "amp", "tuning"):
            if getattr(engine, name):
                value = f"={','.join(engine.tuning)}" if name == "tuning" else ""
                hint = f"leave it out, or use --backend=torch --{name}{value}"
                raise UsageError(f"the numpy backend has no {name}", where=f"--{name}", hint=hint)
