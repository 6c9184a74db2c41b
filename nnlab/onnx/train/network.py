"""An ONNX graph as a layer: its stored weights learn, its operators compute, its nodes can be watched."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase as fnmatch
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.component import required
from nnlab.core.context import Context, Watch
from nnlab.core.errors import DataError, UsageError
from nnlab.core.heads import Emits
from nnlab.core.parameter import NewParameter, Parameter
from nnlab.core.registry import did_you_mean, nearest
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Layer
from nnlab.onnx.engine.compute import Compute, numpy_compute
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.shapes import inferred, multiply_adds
from nnlab.onnx.file.batches import with_free_batch
from nnlab.onnx.file.constants import with_stored_constants
from nnlab.onnx.file.emits import adds_up, emitted
from nnlab.onnx.file.read import read_model
from nnlab.onnx.file.samples import Layout, layout, turned
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Value, is_float
from nnlab.onnx.places import placed
from nnlab.onnx.train.cutting import FEATURES, without_head
from nnlab.onnx.train.evaluated import evaluated
from nnlab.onnx.train.features import Features
from nnlab.onnx.train.maps import steps_with_maps
from nnlab.onnx.train.one_type import constants_in, in_one_type
from nnlab.onnx.train.trial import Trial, samples_like, squeezed, tried

LOG = logging.getLogger("nnlab.onnx")

BACKBONE = frozenset({"backbone", FEATURES})
"""What is said for all weights of the file."""

ROUNDING = 1e-3
"""How far what adds up to 1 may be from it in float32."""

CLIPPED = 0.1
"""The same where the graph says that it is probabilities, which a Clip may hold off 0."""


@dataclass(kw_only=True, eq=False)
class OnnxNetwork(Layer):
    """A whole ONNX graph.

    Every stored value of floating point that a gradient reaches is a parameter under its ONNX name; those that only say
    how something is computed (running statistics, scales of a Resize, bounds of a Clip, single numbers) stay as they
    are. BatchNormalization keeps its running statistics in training too, as the file says. The graph's first output is
    the layer's.

    Images come as (height, width, channels), perhaps flattened, and go in as the graph has them, which most often is
    (channels, height, width).

    Shapes:  x: (batch, features) or (batch, height, width, channels); y: as the graph's first output, batch first
    Options:  path: the model's file.  given: the model, where it is no file's.  headless: without its last layer.
              freeze: names of weights that do not learn, * for any letters; `backbone` or `features` for all of them.
    Raises:  DataError: when the file is not sound, not supported, or cannot take batches.  ShapeError: when samples
             do not fit.
    """

    path: str = required("the model's file")
    given: ModelView | None = field(default=None, repr=False)
    headless: bool = False
    freeze: tuple[str, ...] = ()
    weights: dict[str, Parameter] = field(init=False, repr=False, default_factory=dict)
    fields: Mapping[str, str] = field(init=False, repr=False, default_factory=dict)
    kept: dict[Any, Any] = field(init=False, repr=False, default_factory=dict)  # made once, shared with all copies

    @cached_property
    def model(self) -> NumpyModel:
        """The graph, planned once for all copies."""
        view = self.given or read_model(self.path)
        try:
            view = evaluated(with_free_batch(with_stored_constants(view)))
            return NumpyModel(without_head(view) if self.headless else view)
        except DataError as error:
            inside = error.where or self.path
            place = inside if inside.startswith(self.path) else f"{self.path}: {inside}"
            hint = None if "--engine" in (error.hint or "") else error.hint  # other engines run it and do not train it
            raise DataError(error.what, where=place, hint=hint) from error

    @property
    def input(self) -> str:
        """The name of the graph's input."""
        return self.model.plan.inputs[0]

    def plan(self, dtype: Any, compute: Compute = numpy_compute) -> Plan:
        """The graph's steps, all in one type; made once."""
        key = ("plan", np.dtype(dtype), compute)
        if key not in self.kept:
            self.kept[key] = in_one_type(replace(self.model.plan, constants={}), dtype, compute)
        plan: Plan = self.kept[key]
        return plan

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes a parameter of every stored value that learns."""
        trial = self.tried(in_shapes[0])
        names = {name: "_".join(name.split()) for name in trial.learning}
        self.fields = {name: own for name, own in names.items() if not any(fnmatch(own, p) for p in self._frozen)}
        self._refuse_unknown(names.values())
        self.weights = {
            name: new.given(self.fields[name], value, penalised=value.ndim > 1)
            for name, value in trial.learning.items()
            if name in self.fields
        }
        return trial.shape

    @property
    def _frozen(self) -> tuple[str, ...]:
        return ("*",) if self._all_frozen else self.freeze

    @property
    def _all_frozen(self) -> bool:
        return not BACKBONE.isdisjoint(self.freeze)

    def _refuse_unknown(self, names: Iterable[str]) -> None:
        """Raises UsageError: when what is to be frozen is not there."""
        for pattern in self.freeze:
            if pattern not in BACKBONE and not any(fnmatch(name, pattern) for name in names):
                near = nearest(pattern, [FEATURES, *names])
                hint = did_you_mean(near) if near else f"type --freeze={FEATURES} for all of them"
                raise UsageError("the network has no such weights", where=f"--freeze={pattern}", hint=hint)

    def tried(self, in_shape: Shape) -> Trial:
        """What the graph does with two samples of this shape; tried once for all copies."""
        key = ("tried", in_shape)
        if key not in self.kept:
            self._refuse_inputs()
            plan = in_one_type(self.model.plan, np.float32, numpy_compute)
            x = self.as_given(samples_like(in_shape))
            with placed(self.path), np.errstate(all="ignore"):
                head_alone = self.headless and not any(value.size > 1 for value in plan.constants.values())
                learns = not self._all_frozen and not head_alone
                self.kept[key] = tried(self.model, plan, x, where=self.path, learns=learns)
            if left := self.kept[key].left:
                LOG.warning("%s: no gradient reaches %d of its weights, which stay as they are", self.path, left)
        trial: Trial = self.kept[key]
        return trial

    def emits(self, in_shape: Shape) -> Emits:
        """What the first output is: the graph's word, else what two samples give.

        Raises:  DataError: where it is neither probabilities nor what a softmax would make them of.
        """
        y = self.tried(in_shape).y
        said = emitted(self.model.view)
        if said is None or said.kind == "log probabilities":  # softmax(log p) = p
            return "probabilities" if adds_up(y, ROUNDING) else "logits"
        if said.kind == "probabilities" and (adds_up(y, CLIPPED) or not np.isfinite(y).all()):
            return "probabilities"
        what = f"ends in {said.by}, whose numbers add up to {float(y[0].sum()):.3g} over the classes, not to 1"
        raise DataError(
            what, where=self.path, hint="export it without its last operator, as logits, or type --new-head"
        )

    def _refuse_inputs(self) -> None:
        if len(self.model.plan.inputs) != 1:
            names = ", ".join(self.model.plan.inputs) or "none"
            raise DataError(f"a network that is trained has one input, this has {names}", where=self.path)
        dtype = self.model.view.graph.inputs[0].dtype
        if dtype is not None and not is_float(np.empty(0, dtype)):
            hint = "export it without --with-preprocessing" if dtype == np.uint8 else None
            what = f"takes {np.dtype(dtype)}, and training gives numbers of floating point"
            raise DataError(what, where=self.path, hint=hint)

    def layout(self, sample: Shape) -> Layout:
        """How samples of this shape become the graph's. Raises ShapeError: when they do not."""
        if sample not in self.kept:
            self.kept[sample] = layout(self.model.view, sample, self.path)
        found: Layout = self.kept[sample]
        return found

    def as_given(self, x: Array) -> Array:
        """Samples as the graph takes them."""
        sizes, order = self.layout(x.shape[1:])
        return np.ascontiguousarray(turned(x.reshape(len(x), *sizes), order))

    def back(self, dx: Array, shape: Shape) -> Array:
        """The gradient of the samples, in their own axes."""
        _, order = self.layout(shape[1:])
        return turned(dx, tuple(order.index(axis) for axis in range(len(order)))).reshape(shape)

    def inner_maps(self, node: str) -> frozenset[str]:
        """Those of the graph's steps whose axes are known."""
        return frozenset(inner_name(node, step) for step in steps_with_maps(self.model.plan.steps))

    def multiply_adds(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> int:
        """Those of all its nodes, as far as their shapes follow from the sample's; a warning says how many do not."""
        view = self.model.view
        sample = self.as_given(np.zeros((1, *in_shapes[0]), np.float32))
        shapes = inferred(view, sizes={self.input: sample.shape})
        counts = [multiply_adds(node, shapes) for node in view.graph.nodes]
        if left := counts.count(None):
            LOG.warning(
                "%s: the multiply-adds of %d nodes are not counted, whose shapes are not known", self.path, left
            )
        return sum(count or 0 for count in counts)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Array, dict[str, Value] | None]]:
        """y, and every value of the pass for backward; None where nothing learns, and y may be known from before."""
        (x,) = xs
        if not self.weights:
            return self.features().of(x, "numpy", lambda i: self._fixed(x[i : i + 1])), (x, None)
        values = self._values(x, watch=_inside(ctx))
        y = values[self.model.plan.outputs[0]]
        return y.reshape(len(y), *squeezed(y.shape[1:])), (x, values)

    def _values(self, x: Array, watch: Watch | None) -> dict[str, Value]:
        given = {self.input: self.as_given(x)} | {name: weight.value for name, weight in self.weights.items()}
        return self.model.values(self.constants(x.dtype) | given, watch=watch, plan=self.plan(x.dtype))

    def _fixed(self, x: Array) -> Array:
        """y of samples, where nothing learns."""
        ready = replace(self.plan(x.dtype), constants=self.constants(x.dtype))
        with np.errstate(all="ignore"):
            y = np.asarray(ready.run(numpy_compute, {self.input: self.as_given(x)})[0])
        return y.reshape(len(y), *squeezed(y.shape[1:]))

    def features(self) -> Features:
        """What is known of samples, where nothing learns."""
        found: Features = self.kept.setdefault(FEATURES, Features())
        return found

    def backward(
        self, dy: Array, cache: tuple[Array, dict[str, Value] | None], ctx: Context
    ) -> tuple[Array | None, ...]:
        """Adds the gradient of every weight; dx."""
        x, values = cache
        if values is None:
            if not ctx.needs_dx:
                return (None,)
            values = self._values(x, watch=None)
        output = self.model.plan.outputs[0]
        given = {output: dy.reshape(values[output].shape)}
        found = self.model.backward(values, given, watch=_inside(ctx), plan=self.plan(dy.dtype))
        for name, weight in self.weights.items():
            gradient = found.get(name)
            if gradient is not None:
                weight.add(gradient)
        dx = found.get(self.input)
        if not ctx.needs_dx:
            return (None,)
        return (np.zeros(x.shape, dy.dtype) if dx is None else self.back(dx, x.shape),)

    def constants(self, dtype: Any) -> dict[str, Value]:
        """The stored values that do not learn, those of floating point in the network's dtype."""
        key = ("constants", np.dtype(dtype))
        if key not in self.kept:
            fixed = {name: value for name, value in self.model.plan.constants.items() if name not in self.fields}
            self.kept[key] = constants_in(fixed, dtype)
        constants: dict[str, Value] = self.kept[key]
        return constants


def inner_name(node: str, step: str) -> str:
    """How a node inside a network is called where people look at it: "onnx/conv_1"; without blanks."""
    return f"{node}/{'_'.join(step.split())}"


def _inside(ctx: Context) -> Watch | None:
    """Who watches a pass, shown the graph's own nodes under names of their own."""
    watch, node = ctx.watch, ctx.node
    if watch is None:
        return None
    return lambda step, what, array: watch(inner_name(node, step), what, array)
