"""Training on torch: the hand-written learner's steps, with torch's operators and autograd."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy.typing as npt
import torch

from nnlab.backends.base import PLAIN, Engine
from nnlab.backends.torch.checkpoints import checkpointed
from nnlab.backends.torch.devices import (
    CPU,
    array_of,
    column_major,
    device_of,
    environment_of,
    tensor_of,
    use_threads,
)
from nnlab.backends.torch.graph import TorchGraph
from nnlab.backends.torch.losses import TorchTarget
from nnlab.backends.torch.objective import TorchObjective
from nnlab.backends.torch.optimizers import TorchOptimizer
from nnlab.backends.torch.probe import TorchProbe
from nnlab.backends.torch.slopes import TorchSlopes
from nnlab.backends.torch.tuning import compile_options, form_of, laid_out, tell_device
from nnlab.core.batch import Batch
from nnlab.core.context import Context, Watch
from nnlab.core.rng import Rng
from nnlab.core.stopwatch import Stopwatch
from nnlab.core.types import Array, Shape
from nnlab.kernels.threads import one_blas_thread
from nnlab.losses.base import Losses
from nnlab.models.graph import Graph
from nnlab.models.learner import WHOLE, Learner, Part, StepResult
from nnlab.models.moments import BatchMoments
from nnlab.models.objective import Objective
from nnlab.models.probe import PROBE_SAMPLES, some_of
from nnlab.optimizers.optimizer import Optimizer


class TorchLearner(Learner):
    """A graph, its objective and its optimizer on torch, starting from the graph's own weights.

    Options:  graph: built; on the processor the tensors are its values, in the same memory.
              optimizer: its penalty joins the loss.
              engine: the device, its threads, whether to compile, and whether products are in bfloat16.
    """

    backend = "torch"

    def __init__(self, graph: Graph, *, loss: Losses, optimizer: Optimizer, engine: Engine = PLAIN):
        self.definition, self._engine, self._device = graph, engine, device_of(engine)
        self.device = self._device.type
        use_threads(engine)
        tell_device(engine)
        self._values = {name: column_major(tensor_of(value, self._device)) for name, value in graph.held().items()}
        self._weights = {p.name: self._values[p.name].requires_grad_() for p in graph.parameters}
        self.objective = TorchObjective(Objective(graph, loss, optimizer.penalty), self._values)
        buffers = {b.name: self._values[b.name] for b in graph.buffers}
        every = (*graph.parameters, *graph.frozen)
        optimizer.late = graph.late
        self.optimizer = TorchOptimizer(
            optimizer,
            [(p, self._values[p.name]) for p in every],
            buffers,
            form=form_of(engine),
            zeroes="zero-grad" in engine.tuning,
        )
        self._compiled = dict[Shape, Any]()

    @property
    def graph(self) -> TorchGraph:
        """The network on torch."""
        return self.objective.graph

    def _at(self, in_shape: Shape) -> TorchGraph:
        """The network for samples of that size. Raises ShapeError, UsageError: as `Graph.at`."""
        definition = self.definition.at(in_shape)
        return self.graph if definition is self.definition else TorchGraph(definition, self._values)

    @property
    def parameter_count(self) -> int:
        """How many numbers learn."""
        return self.definition.parameter_count

    def backprop(self, batch: Batch, *, rng: Rng, watch: Watch | None = None, part: Part = WHOLE) -> StepResult:
        """Forward, loss, backward, by torch; running statistics move on the way forward."""
        ctx = Context(training=True, rng=rng, watch=watch)
        timed = Stopwatch(self._wait)
        with timed.rest("forward"):
            if part.first:
                self.optimizer.zero_grad()
            penalty = timed("forward", self.objective.penalty_value)

            with self._statistics_back_on_error(), one_blas_thread() if watch else nullcontext():
                outputs = timed("forward", self._outputs, batch.inputs, ctx)
                loss = timed("forward", self.objective.mean_loss, outputs, self._targets(batch), ctx)
                timed("backward", self._backward, loss, watch, part)
            value, said = loss.item(), self.objective.read(outputs)
        return StepResult(value, penalty, said, timed.seconds)

    def update(self, *, epoch: int, epochs: int) -> Mapping[str, float]:
        """Clips, decays, and moves every weight by its gradient."""
        timed = Stopwatch(self._wait)
        timed("update", self.optimizer.step, epoch=epoch, epochs=epochs)
        return timed.seconds

    def unfreeze(self) -> None:
        """Has every parameter learn from now on."""
        if not self.definition.late - self._weights.keys():
            return
        self.definition.freeze(())
        self._weights = {p.name: self._values[p.name].requires_grad_() for p in self.definition.parameters}
        self.objective = TorchObjective(self.objective.definition, self._values)
        self.optimizer.unfreeze()
        self._compiled.clear()

    def settle(self, nodes: Collection[str]) -> None:
        """Has these nodes run as in evaluation from now on."""
        self.definition.settle(nodes)
        self._compiled.clear()

    def slow(self, halvings: int) -> None:
        """Has the learning rate be halved so many times."""
        self.optimizer.settings.halvings = halvings

    def evaluate(self, batch: Batch, *, each: bool = False) -> StepResult:
        """Scores a batch in evaluation mode, perhaps sample by sample (by the definition's losses); changes nothing."""
        ctx = Context(training=False)
        timed = Stopwatch(self._wait)
        with torch.no_grad():
            outputs = timed("evaluate", self._outputs, batch.inputs, ctx)
            loss = timed("evaluate", self.objective.mean_loss, outputs, self._targets(batch), ctx)
            said = self.objective.read(outputs)
            given = {name: array_of(y) for name, y in outputs.items()} if each else {}
        alone = timed("evaluate", self.objective.definition.each, given, batch.targets, ctx) if each else None
        return StepResult(loss.item(), self.objective.penalty_value(), said, timed.seconds, alone)

    def predict(self, inputs: Array) -> Mapping[str, Array]:
        """What the heads say in evaluation mode."""
        with torch.no_grad():
            return self.objective.read(self._outputs(inputs, Context(training=False)))

    def moments(self, batch: Batch) -> Mapping[str, BatchMoments]:
        """What each BatchNorm sees of a batch, by node."""
        with torch.no_grad(), self._products():
            graph = self._at(batch.inputs.shape[1:])
            return graph.moments(self._moved(batch.inputs), Context(training=False))

    def _outputs(self, inputs: Array, ctx: Context) -> dict[str, torch.Tensor]:
        """What the heads give, in the model's dtype whatever the products were computed in."""
        graph = self._at(inputs.shape[1:])
        x = laid_out(self._moved(inputs), self._engine)
        with self._products():
            if self._engine.compile:
                heads = self._compiled_outputs(graph, x, ctx)
            elif ctx.training and ctx.watch is None and "checkpoint" in self._engine.tuning:
                heads = checkpointed(graph, x, ctx)
            else:
                heads = graph.outputs(x, ctx)
        return {name: y.to(x.dtype) for name, y in heads.items()}

    def _compiled_outputs(self, graph: TorchGraph, x: torch.Tensor, ctx: Context) -> dict[str, torch.Tensor]:
        """The outputs of a compiled pass, which shows what every node gave; gradients between nodes stay inside it.

        It gives every node's output whether somebody watches or not, so that watching changes no bit.
        """
        shape = graph.definition.in_shape
        if shape not in self._compiled:
            self._compiled[shape] = torch.compile(graph.shown, **compile_options(self._engine))
        heads, outputs = self._compiled[shape](x, graph.drawn(ctx, len(x)))
        if ctx.watch is not None:
            for node in graph.definition.nodes:
                ctx.watch(node.name, "forward", array_of(outputs[node.name]))
        return dict(heads)

    def _products(self) -> AbstractContextManager[object]:
        """Within it, products are in bfloat16 where that was asked for."""
        return torch.autocast(self.device, torch.bfloat16) if self._engine.amp else nullcontext()

    @contextmanager
    def _statistics_back_on_error(self) -> Iterator[None]:
        """Puts running statistics back when a check ends the step: torch moves them on the way forward."""
        kept = {b.name: self._values[b.name].clone() for b in self.definition.buffers}
        try:
            yield
        except BaseException:
            for name, value in kept.items():
                self._values[name].copy_(value)
            raise

    def _backward(self, loss: torch.Tensor, watch: Watch | None, part: Part) -> None:
        """Leaves the gradient of the whole objective at every weight, and shows that of the mean loss to `watch`."""
        shown: set[str] = set()

        def show(name: str, gradient: torch.Tensor) -> None:
            node, _, field = name.rpartition(".")
            shown.add(name)
            if watch:
                watch(node, f"gradient {field}", array_of(gradient))

        hooks = [
            weight.register_post_accumulate_grad_hook(lambda touched, name=name: show(name, touched.grad))
            for name, weight in (self._weights.items() if watch else ())
        ]
        try:
            self.objective.backward(loss, part)
        finally:
            for hook in hooks:
                hook.remove()
        if watch:
            for name in sorted(self._weights.keys() - shown):  # the loss does not depend on it
                show(name, torch.zeros_like(self._weights[name]))

    def _targets(self, batch: Batch) -> dict[str, TorchTarget]:
        """What the heads ought to give, on the device."""
        return {name: TorchTarget.of(target, self._moved) for name, target in batch.targets.items()}

    def _moved(self, array: Array) -> torch.Tensor:
        """An array in the model's dtype on the device."""
        if "pinned" in self._engine.tuning:
            pinned = tensor_of(array, CPU).pin_memory()
            return pinned.to(self._device, getattr(torch, self.definition.dtype.name), non_blocking=True)
        return tensor_of(array, self._device).to(getattr(torch, self.definition.dtype.name))

    def _wait(self) -> None:
        """Returns when the device has done all it was asked to, so that seconds are those of the work."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)

    def environment(self) -> Mapping[str, Any]:
        """Torch's version and threads, and on CUDA its versions and the device's name."""
        return {**super().environment(), **environment_of(self._device)}

    def readers(self) -> Mapping[str, Sequence[str]]:
        """For every node and the input: the nodes that read its output."""
        return self.definition.readers()

    def probe(self, batch: Batch, *, rng: Rng, max_samples: int | None = PROBE_SAMPLES) -> TorchProbe:
        """A float64 copy of the objective on at most `max_samples` of a batch (None: all), for a gradient check."""
        definition = self.objective.definition.at(batch.inputs.shape[1:]).astype("float64")
        definition.graph.load_state({name: array_of(value) for name, value in self._values.items()})
        return TorchProbe(definition, some_of(batch, max_samples, rng), rng=rng, device=self._device)

    def slopes(self, dtype: npt.DTypeLike | None = None) -> TorchSlopes:
        """A copy of the network that says how its scores change with what its nodes give."""
        graph = self.definition.astype(dtype or self.definition.dtype)
        graph.load_state({name: array_of(value) for name, value in self._values.items()})
        return TorchSlopes(graph, device=self._device)

    def state(self) -> dict[str, Array]:
        """Copies of every weight and buffer, by name."""
        return {name: value.copy(order="K") for name, value in self.held().items()}

    def held(self) -> dict[str, Array]:
        """Every weight and buffer, by name, on the processor by reference."""
        return {name: array_of(value) for name, value in self._values.items()}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes weights and buffers over. Raises UsageError: naming the first that does not fit."""
        self.definition.require_state(state)
        with torch.no_grad():
            for name, value in self._values.items():
                value.copy_(tensor_of(state[name], CPU))

    def optimizer_state(self) -> dict[str, Array]:
        """Copies of the optimizer's slots and its step count."""
        return self.optimizer.state()

    def optimizer_held(self) -> dict[str, Array]:
        """The optimizer's slots and its step count, on the processor by reference."""
        return self.optimizer.held()

    def load_optimizer_state(self, state: Mapping[str, Array]) -> None:
        """Takes the optimizer's memory over."""
        self.optimizer.load_state(state)
