"""Running a model on the hand-written engine: its outputs, and the gradient of a weighted sum of them."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.core.context import Watch
from nnlab.core.types import Array
from nnlab.kernels.threads import one_blas_thread
from nnlab.onnx.engine.backward import backward
from nnlab.onnx.engine.chaining import chained
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.fusing import fused
from nnlab.onnx.engine.given import accepted, note_outputs
from nnlab.onnx.engine.holding import NumpyHolding, with_halves_held
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.planner import plan
from nnlab.onnx.engine.program.programs import Programs
from nnlab.onnx.engine.run import run_steps
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Value, Values, is_float
from nnlab.onnx.places import placed


class NumpyModel:
    """A model, ready to run.

    Options:  view: read and checked.  quickest: the plan of runs that keep the constants.
    Raises:  DataError: for operators that are not supported, all of them at once.
    """

    def __init__(self, view: ModelView):
        self.view = view
        self.plan: Plan = plan(view, numpy_compute)
        with placed(view.where), np.errstate(all="ignore"):
            quick, self.compute = with_halves_held(self.plan.quick or self.plan, numpy_compute, NumpyHolding())
            self.quickest: Plan = fused(quick if self.compute is numpy_compute else chained(quick))
            self.programs = Programs(self.quickest, self.compute)

    def run(self, inputs: Mapping[str, Value]) -> Values:
        """The outputs, in the order of the model.

        Raises:  DataError: for inputs that do not fit what the model declares; naming the node at which it went wrong.
        """
        with placed(self.view.where), np.errstate(all="ignore"):
            given = accepted(self.view, inputs)
            with one_blas_thread():
                if given.keys() & self.plan.constants.keys():
                    outputs = self.plan.run(numpy_compute, given)
                else:
                    outputs = self.programs.run(given)
            note_outputs(self.view, outputs)
            return outputs

    def gradients(self, inputs: Mapping[str, Value], weights: Sequence[Array | None]) -> dict[str, Array | None]:
        """The gradient, over every floating-point input and initializer, of the sum of weight times output.

        Options:  weights: one array per output, of its shape; None counts as zeros.
        """
        with placed(self.view.where), np.errstate(all="ignore"), one_blas_thread():
            values = self.values({**self.plan.constants, **accepted(self.view, inputs)})
            return self.backward(values, dict(zip(self.plan.outputs, weights, strict=True)))

    def values(
        self, given: Mapping[str, Value], *, watch: Watch | None = None, plan: Plan | None = None
    ) -> dict[str, Value]:
        """Every value of a forward pass, for a backward.

        Options:  given: inputs and constants.  watch: sees every node's first output.  plan: in another type.
        """
        values: dict[str, Value] = dict(given)
        run_steps((plan or self.plan).steps, numpy_compute, values, keep=True, watch=watch)
        return values

    def backward(
        self,
        values: Mapping[str, Value],
        dys: Mapping[str, Array | None],
        *,
        watch: Watch | None = None,
        plan: Plan | None = None,
    ) -> dict[str, Array | None]:
        """Gradients by name, given every value of a forward pass and the gradients of the outputs."""
        found = backward(plan or self.plan, values, dys, watch=watch)
        wanted = (*self.plan.inputs, *self.plan.constants)
        return {name: found.get(name) for name in wanted if is_float(values[name])}
