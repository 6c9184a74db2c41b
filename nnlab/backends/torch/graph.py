"""A network on torch: the hand-written graph's nodes, translated, over tensors of the same names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch

from nnlab.backends.torch.devices import array_of
from nnlab.backends.torch.layers import TORCH_LAYERS, DrawnContext, uniform
from nnlab.backends.torch.parallel.moments import moments_of, moments_of_all
from nnlab.backends.torch.parallel.own_pass import ShardContext
from nnlab.core.context import Context, Watch
from nnlab.core.parameter import Buffer
from nnlab.models.graph import INPUT, Graph, Node
from nnlab.models.moments import BatchMoments


class TorchGraph:
    """Runs a graph's nodes in their order with torch's operators.

    Options:  definition: the hand-written graph, built; its nodes, names and shapes are these.
              values: every parameter and buffer as a tensor, by its full name. Parameters that are to be
                  differentiated require their gradient.
    Raises:  UsageError: when a layer has no translation.
    """

    def __init__(self, definition: Graph, values: Mapping[str, torch.Tensor]):
        self.definition = definition
        self._layers = {node.name: TORCH_LAYERS.of(type(node.layer)) for node in definition.nodes}
        self._own = {
            node.name: {field: values[kept.name] for field, kept in definition.own(node.name).items()}
            for node in definition.nodes
        }

    def forward(self, x: torch.Tensor, ctx: Context) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        """What each head gives, and every node."""
        outputs = {INPUT: x}
        for node in self.definition.nodes:
            outputs[node.name] = self.run(node, outputs, ctx)
        return self._given(outputs), outputs

    def _given(self, outputs: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {name: outputs[outlet.node] for name, outlet in self.definition.heads.items()}

    def outputs(self, x: torch.Tensor, ctx: Context) -> dict[str, torch.Tensor]:
        """What each head gives, alone: a node's output is let go of when its last reader has run, unless torch keeps it
        for backward."""
        outputs = {INPUT: x}
        for node in self.definition.nodes:
            outputs[node.name] = self.run(node, outputs, ctx)
            for name in self.definition.last_read[node.name]:
                del outputs[name]
        return self._given(outputs)

    def shown(self, x: torch.Tensor, ctx: Context) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        """What each head gives, and every node to look at, through which no gradient flows."""
        heads, outputs = self.forward(x, ctx)
        return heads, {name: output.detach() for name, output in outputs.items()}

    def drawn(self, ctx: Context, samples: int) -> DrawnContext:
        """The context of a compiled pass over so many samples: nobody watches inside, and chance is drawn now."""
        drawn: dict[str, torch.Tensor] = {}
        for node in self.definition.nodes:
            shape = node.layer.draws(*(self.definition.shapes[name] for name in node.inputs)) if ctx.training else None
            if shape is not None:
                ctx.node = node.name
                drawn[node.name] = uniform((samples, *shape), ctx)
        return DrawnContext(training=ctx.training, rng=ctx.rng, drawn=drawn)

    def moments(self, x: torch.Tensor, ctx: Context) -> dict[str, BatchMoments]:
        """What each BatchNorm that is not frozen sees of a batch, by node: each normalises by its own; all else as in
        evaluation."""
        outputs, found = {INPUT: x}, dict[str, BatchMoments]()
        for node in self.definition.nodes:
            if self.definition.moves_statistics(node):
                found[node.name], own = self._seen(node, outputs[node.inputs[0]], ctx)
            else:
                own = self._own[node.name]
            ctx.node = node.name
            xs = [outputs[name] for name in node.inputs]
            outputs[node.name] = self._layers[node.name](node.layer, own, *xs, ctx=ctx)
        return found

    def _seen(self, node: Node, x: torch.Tensor, ctx: Context) -> tuple[BatchMoments, dict[str, torch.Tensor]]:
        """A batch's moments, and what the node owns with them in place of the running ones."""
        own = self._own[node.name]
        rows = x.reshape(-1, x.shape[-1]).to(own["running_mean"].dtype)
        found = moments_of_all(rows, ctx.team) if isinstance(ctx, ShardContext) else moments_of(rows)
        seen = BatchMoments(array_of(found.mean), array_of(found.variance), found.values)
        return seen, {**own, "running_mean": found.mean, "running_variance": found.variance}

    def forward_from(self, start: str, outputs: Mapping[str, torch.Tensor], ctx: Context) -> dict[str, torch.Tensor]:
        """What each head gives when only the parameters of node `start` have changed since `outputs`."""
        fresh, stale = dict(outputs), {start}
        for node in self.definition.nodes:
            if node.name in stale or not stale.isdisjoint(node.inputs):
                stale.add(node.name)
                fresh[node.name] = self.run(node, fresh, ctx)
        return self._given(fresh)

    @contextmanager
    def buffers_copied(self, names: Sequence[str]) -> Iterator[None]:
        """Within it, what these nodes keep besides their parameters is a copy: what moves it moves nothing."""
        kept = {name: self._own[name] for name in names}
        for name, own in kept.items():
            buffers = {field for field, value in self.definition.own(name).items() if isinstance(value, Buffer)}
            self._own[name] = {field: t.clone() if field in buffers else t for field, t in own.items()}
        try:
            yield
        finally:
            self._own.update(kept)

    def run(self, node: Node, outputs: Mapping[str, torch.Tensor], ctx: Context) -> torch.Tensor:
        """What a node gives, given what those before it gave."""
        ctx.node, training = node.name, ctx.training
        xs = [outputs[name] for name in node.inputs]
        ctx.training = training and not self.definition.is_still(node.name)
        y = self._layers[node.name](node.layer, self._own[node.name], *xs, ctx=ctx)
        ctx.training = training
        if ctx.watch is None:
            return y
        if any(y is x for x in xs):
            y = y.view_as(y)  # a tensor of its own, so that its gradient is this node's
        ctx.watch(node.name, "forward", array_of(y))
        watch_gradient(y, ctx.watch, node.name, "backward")
        return y


def watch_gradient(tensor: torch.Tensor, watch: Watch, node: str, what: str) -> None:
    """Shows the gradient with respect to a tensor to `watch`, when backward comes by; nothing where it will not."""
    if tensor.requires_grad:
        tensor.register_hook(lambda gradient: watch(node, what, array_of(gradient)))
