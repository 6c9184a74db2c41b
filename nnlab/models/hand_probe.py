"""The hand-written objective as a gradient check sees it: a float64 twin that can be asked for values and gradients."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.core.workspace import Workspace
from nnlab.models.objective import Objective
from nnlab.models.probe import some_of


class HandProbe:
    """A float64 copy of an objective on some samples of a batch, in training mode, its dropout masks fixed.

    Where layers round, what rounding added in the first pass is held: of that function the straight-through gradient is
    the derivative, and no other is asked for.

    Everything is its own (weights, buffers, memory), so nothing that a check does reaches the training. `value`
    starts at the node of the parameter that changed: outputs before it are those of the first pass, made here.

    Options:  rng: the streams of the training step, so that dropout masks are drawn as that step draws them.
              max_samples: how many samples of the batch are taken at most, drawn by `rng`. The objective is the
                  same function of each parameter, on fewer samples, at a cost that suits a check in mid-run;
                  None takes all.
    """

    def __init__(self, objective: Objective, batch: Batch, *, rng: Rng, max_samples: int | None = None):
        self._objective = objective.astype(np.float64)
        self._graph = self._objective.graph
        self._batch = some_of(batch, max_samples, rng)
        self._rng, self._workspace, self._held = rng, Workspace(), dict[str, Any]()
        _, self._first = self._graph.forward(self._batch.inputs, self._context(), keep=True)
        self._first.caches.clear()
        self._penalties = {p.name: self._objective.penalty_value(p.name) for p in self._graph.parameters}

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The float64 values by name; change elements in place and put them back."""
        return {parameter.name: parameter.value for parameter in self._graph.parameters}

    def gradients(self) -> Mapping[str, Array]:
        """The hand-written gradient at the values as they are now, by the same names."""
        self._objective.backprop(self._batch, self._context())
        return {parameter.name: parameter.grad for parameter in self._graph.parameters}

    def value(self, changed: str | None = None) -> float:
        """The objective with the parameters as they are now; `changed` names the only one that differs from its
        first value (None: any may)."""
        if changed is None:
            return self._objective.value(self._batch, self._context())
        ctx = self._context()
        outputs = self._graph.forward_from(self._graph.node_of(changed), self._first, ctx)
        loss, _ = self._objective.mean_loss(outputs, self._batch.targets, ctx)
        others = sum(penalty for name, penalty in self._penalties.items() if name != changed)
        return loss + others + self._objective.penalty_value(changed)

    def _context(self) -> Context:
        """The step's masks again; memory of the check's own."""
        return Context(training=True, rng=self._rng, workspace=self._workspace, held=self._held)
