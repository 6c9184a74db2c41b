"""What any layer must do."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Cache, Layer
from nnlab.models.values import DrawnValues
from nnlab.testing.arrays import PoisonedContext, close, like, same, untouched
from nnlab.testing.gradients import FunctionProbe, check_probe
from nnlab.testing.options import check_options

ROUNDING = {np.dtype(np.float32): 2e-5, np.dtype(np.float64): 1e-12}
"""By how much the order of a sum may change a result, relative to its largest value."""


@dataclass(frozen=True)
class LayerCase:
    """A layer to try: its options, the shapes of its inputs, the mode, and how many samples.

    Every random number comes from the case's own fields, so a failure repeats.
    """

    cls: type[Layer]
    options: Mapping[str, Any]
    in_shapes: tuple[Shape, ...]
    training: bool
    batch: int = 4

    def __str__(self) -> str:
        given = ",".join(f"{name}={value}" for name, value in self.options.items())
        shapes = "+".join("x".join(map(str, shape)) for shape in self.in_shapes)
        return f"{self.cls.__name__}({given})-{shapes}-{'training' if self.training else 'evaluation'}"

    def trial(self, dtype: type[np.floating] = np.float64) -> "Trial":
        """A fresh layer on fresh inputs."""
        return Trial(self, np.dtype(dtype))

    @staticmethod
    def of(cls: type[Layer]) -> "Iterator[LayerCase]":
        """Every example of a layer, in training and in evaluation."""
        for options, in_shapes in cls.examples():
            for training in (True, False):
                yield LayerCase(cls, options, in_shapes, training)


class Trial:
    """A built layer, inputs, and an upstream gradient. Parameters are moved off their zeros and ones."""

    def __init__(self, case: LayerCase, dtype: np.dtype[Any]):
        self.case, self.dtype = case, dtype
        self.layer: Layer = make(case.cls, case.options)
        self.values = DrawnValues("layer", Rng(1), dtype)
        self.out_shape = self.layer.build(*case.in_shapes, new=self.values)
        held: Parameter | Buffer
        for i, held in enumerate((*self.parameters, *self.values.buffers.values())):
            held.value += (0.3 * Rng(2).at(i).generator().random(held.value.shape)).astype(dtype)
        self.xs = tuple(self._random("x", i, shape) for i, shape in enumerate(case.in_shapes))
        self.dy = self._random("dy", 0, self.out_shape)

    def _random(self, name: str, i: int, shape: Shape) -> Array:
        drawn: Array = Rng(3).at(name, i).generator().standard_normal((self.case.batch, *shape))
        return drawn.astype(self.dtype)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it learns."""
        return tuple(self.values.parameters.values())

    def context(self, kind: type[Context] = Context, *, needs_dx: bool = True) -> Context:
        """One pass of the same step: its dropout masks are the same every time."""
        return kind(training=self.case.training, rng=Rng(4), node="layer", needs_dx=needs_dx)

    def forward(self, ctx: Context | None = None) -> tuple[Array, Cache]:
        """y and the cache."""
        return self.layer.forward(*self.xs, ctx=ctx or self.context())

    def gradients(self, ctx: Context | None = None, dy: Array | None = None) -> dict[str, Array]:
        """The gradient of every parameter and input, copied."""
        ctx = ctx or self.context()
        for parameter in self.parameters:
            parameter.zero_grad()
        _, cache = self.forward(ctx)
        dxs = self.layer.backward(self.dy if dy is None else dy, cache, ctx)
        assert isinstance(dxs, tuple), f"backward returns a {type(dxs).__name__}, not a tuple with one entry per input"
        assert len(dxs) == len(self.xs), f"backward returns {len(dxs)} gradients for {len(self.xs)} inputs"
        found = {parameter.name: parameter.grad.copy() for parameter in self.parameters}
        return found | {f"x{i + 1}": dx.copy() for i, dx in enumerate(dxs) if dx is not None}

    def state(self) -> dict[str, Any]:
        """Everything the layer holds, copied: what a pure forward leaves as it is."""
        return {name: _frozen(value) for name, value in vars(self.layer).items()}


def _frozen(value: Any) -> Any:
    if isinstance(value, (Parameter, Buffer)):
        return value.value.tobytes()
    return value.tobytes() if isinstance(value, np.ndarray) else copy.deepcopy(value)


def gradient_is_right(case: LayerCase) -> None:
    """Every parameter's and every input's gradient agrees with central differences in float64."""
    trial = case.trial()
    held = {parameter.name: parameter.value for parameter in trial.parameters}
    arrays = held | {f"x{i + 1}": x for i, x in enumerate(trial.xs)}
    check_probe(FunctionProbe(arrays, lambda: float(np.vdot(trial.forward()[0], trial.dy)), trial.gradients))


def shape_is_as_built(case: LayerCase) -> None:
    """`build` returns the shape of one output sample, and gradients have the shapes of what they belong to."""
    trial = case.trial()
    y, _ = trial.forward()
    like("the output", y, (case.batch, *trial.out_shape), trial.dtype)
    gradients = trial.gradients()
    for i, x in enumerate(trial.xs):
        like(f"the gradient of input {i + 1}", gradients[f"x{i + 1}"], x.shape, x.dtype)


def forward_is_pure(case: LayerCase) -> None:
    """Forward and backward change nothing on the layer but gradients, and write into nothing they were given."""
    trial = case.trial()
    before, xs, dy = trial.state(), [x.copy() for x in trial.xs], trial.dy.copy()
    y, _ = trial.forward()
    y = y.copy()
    same("the output of a second forward", trial.forward()[0], y)
    trial.gradients()
    after = trial.state()
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    assert not changed, f"a pass changed {', '.join(changed)}; statistics move in observe, temporaries go in the cache"
    untouched("input", trial.xs, xs)
    untouched("dy, array", [trial.dy], [dy])


def backward_keeps_the_cache(case: LayerCase) -> None:
    """A second backward from the same cache gives the same: a check may come between a forward and its backward."""
    trial = case.trial()
    ctx = trial.context()
    y, cache = trial.forward(ctx)
    kept = y.copy()
    first = [None if dx is None else dx.copy() for dx in trial.layer.backward(trial.dy, cache, ctx)]
    for i, (dx, expected) in enumerate(zip(trial.layer.backward(trial.dy, cache, ctx), first, strict=True)):
        assert dx is not None and expected is not None, "backward gives no dx though ctx.needs_dx is True"
        same(f"the gradient of input {i + 1} in a second backward", dx, expected)
    same("the output after backward", y, kept)


def gradients_add_up(case: LayerCase) -> None:
    """Backward adds to the parameters' gradients: two passes give twice as much as one."""
    trial = case.trial()
    once = trial.gradients()
    ctx = trial.context()
    _, cache = trial.forward(ctx)
    trial.layer.backward(trial.dy, cache, ctx)
    for parameter in trial.parameters:
        close(f"{parameter.name}.grad after a second backward", parameter.grad, 2 * once[parameter.name], 1e-12)


def dtype_is_kept(case: LayerCase) -> None:
    """float32 in gives float32 out, gradients included, and the same figures as float64 to float32's precision."""
    narrow, wide = case.trial(np.float32), case.trial()
    y, _ = narrow.forward()
    like("the output for float32 inputs", y, (case.batch, *narrow.out_shape), np.float32)
    expected = wide.gradients()
    for name, gradient in narrow.gradients().items():
        like(f"the gradient of {name} in float32", gradient, expected[name].shape, np.float32)
        close(f"the gradient of {name} in float32", gradient, expected[name].astype(np.float32), 2e-4)


def borrowed_memory_is_written_first(case: LayerCase) -> None:
    """Results do not depend on what was in the memory that `ctx.empty` lends."""
    trial = case.trial()
    y, expected = trial.forward()[0].copy(), trial.gradients()
    same("the output from used memory", trial.forward(trial.context(PoisonedContext))[0], y)
    for name, gradient in trial.gradients(trial.context(PoisonedContext)).items():
        same(f"the gradient of {name} from used memory", gradient, expected[name])


def dx_is_left_out_when_not_needed(case: LayerCase) -> None:
    """With ctx.needs_dx False there is no dx, and the parameters' gradients are the same."""
    trial = case.trial()
    expected = trial.gradients()
    found = trial.gradients(trial.context(needs_dx=False))
    extra = [name for name in found if name.startswith("x")]
    assert not extra, f"backward gives the gradient of {', '.join(extra)} though ctx.needs_dx is False"
    for name, gradient in found.items():
        same(f"the gradient of {name} without dx", gradient, expected[name])


def strided_gradients_are_taken(case: LayerCase) -> None:
    """`dy` may be a view of a larger array, as Concat gives."""
    trial = case.trial()
    expected = trial.gradients()
    wide = np.repeat(trial.dy, 2, axis=-1)
    for name, gradient in trial.gradients(dy=wide[..., ::2]).items():
        close(f"the gradient of {name} for a strided dy", gradient, expected[name], ROUNDING[trial.dtype])


def samples_are_independent_in_evaluation(case: LayerCase) -> None:
    """In evaluation, what a sample gives does not depend on its batch."""
    if case.training:
        return
    trial = case.trial()
    y, _ = trial.forward()
    for i in range(case.batch):
        alone, _ = trial.layer.forward(*(x[i : i + 1] for x in trial.xs), ctx=trial.context())
        close(f"sample {i} alone", alone, y[i : i + 1], ROUNDING[trial.dtype])


def observe_waits_for_training(case: LayerCase) -> None:
    """`observe` after a pass in evaluation changes nothing; parameters are never its business."""
    trial = case.trial()
    _, cache = trial.forward()
    before = trial.state()
    values = [parameter.value.copy() for parameter in trial.parameters]
    trial.layer.observe(cache)
    untouched("parameter", [parameter.value for parameter in trial.parameters], values)
    if not case.training:
        changed = [name for name, value in trial.state().items() if value != before[name]]
        assert not changed, f"observe changed {', '.join(changed)} after a pass in evaluation"


def options_survive(case: LayerCase) -> None:
    """Options are explained, and survive saving and printing, before and after `build`."""
    check_options(case.cls, case.options)
    built = repr(case.trial().layer)
    assert built == repr(make(case.cls, case.options)), f"after build its repr is {built}; hide fields with repr=False"


LAYER_CHECKS: tuple[Callable[[LayerCase], None], ...] = (
    options_survive,
    shape_is_as_built,
    forward_is_pure,
    dtype_is_kept,
    borrowed_memory_is_written_first,
    gradient_is_right,
    gradients_add_up,
    backward_keeps_the_cache,
    dx_is_left_out_when_not_needed,
    strided_gradients_are_taken,
    samples_are_independent_in_evaluation,
    observe_waits_for_training,
)
"""Every check of a layer, the telling ones first."""


def check_layer(cls: type[Layer]) -> None:
    """Runs every check on every example of a layer.

    Raises:  AssertionError: naming the example and what is wrong.
    """
    for case in LayerCase.of(cls):
        for check in LAYER_CHECKS:
            try:
                check(case)
            except AssertionError as error:
                raise AssertionError(f"{case}: {check.__name__}: {error}") from None
