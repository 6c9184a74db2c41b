"""What any layer must do."""

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.checks.findings import EXACT, relative
from nnlab.checks.layer_checks import layer_findings
from nnlab.checks.layer_probe import LayerProbe
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.testing.arrays import same, untouched
from nnlab.testing.hold import hold, run
from nnlab.testing.options import check_options

LayerClass = type[Layer]

ROUNDING = 1e-9
"""Of a gradient, relative to its largest: no dependence. Transformed convolutions leave such around a window."""


def trials(cls: LayerClass) -> Iterator[LayerProbe]:
    """Every example of a layer, built, with inputs and an upstream gradient, in training and in evaluation."""
    for number, (options, in_shapes) in enumerate(cls.examples()):
        for training in (True, False):
            yield LayerProbe(make(cls, options), in_shapes, training=training, rng=Rng(number))


def options_survive(cls: LayerClass) -> None:
    """Options are explained and survive saving and printing, also once the layer is built."""
    for options, in_shapes in cls.examples():
        check_options(cls, options)
        layer = make(cls, options)
        unbuilt = repr(layer)
        LayerProbe(layer, in_shapes, training=True, rng=Rng(0))
        assert repr(layer) == unbuilt, f"build changes {unbuilt} to {layer!r}; hide inner fields (repr=False)"


def shape_is_as_built(cls: LayerClass) -> None:
    """`build` returns the shape of one output sample."""
    for trial in trials(cls):
        y, _ = trial.layer.forward(*trial.xs, ctx=trial.context())
        assert y.shape[1:] == trial.out_shape, f"build promises samples of shape {trial.out_shape}, got {y.shape[1:]}"


def everything_that_nnlab_check_finds(cls: LayerClass) -> None:
    """The gradient against differences, shapes, dtypes, sums of gradients, used memory, samples one by one."""
    hold(layer_findings(cls))


def forward_is_pure(cls: LayerClass) -> None:
    """A pass changes nothing that the layer holds, contents of lists and arrays included, and repeats to the bit."""
    for trial in trials(cls):
        before = _held(trial.layer)
        xs, dy = [x.copy() for x in trial.xs], trial.dy.copy()
        y = trial.layer.forward(*trial.xs, ctx=trial.context())[0].copy()
        trial.gradients()
        after = _held(trial.layer)
        changed = [name for name in before | after if before.get(name) != after.get(name)]
        assert not changed, f"a pass changed {', '.join(changed)}; statistics move in observe, all else is cache"
        same("the output of a second pass", trial.layer.forward(*trial.xs, ctx=trial.context())[0], y)
        untouched("input", trial.xs, xs)
        untouched("dy, array", [trial.dy], [dy])


def _held(layer: Layer) -> dict[str, Any]:
    """Everything a layer holds, as what can be compared; of a layer inside it the same."""

    def frozen(value: Any) -> Any:
        if isinstance(value, Layer):
            return _held(value)
        array = value.value if isinstance(value, (Parameter, Buffer)) else value
        return array.tobytes() if isinstance(array, np.ndarray) else copy.deepcopy(array)

    return {name: frozen(value) for name, value in vars(layer).items()}


def backward_leaves_the_cache(cls: LayerClass) -> None:
    """A second backward from one cache gives the same dx, and the output stays as it was."""
    for trial in trials(cls):
        y, cache = trial.layer.forward(*trial.xs, ctx=trial.context())
        kept = y.copy()
        first = [_dx(dx).copy() for dx in trial.layer.backward(trial.dy, cache, trial.context())]
        second = trial.layer.backward(trial.dy, cache, trial.context())
        for i, (dx, expected) in enumerate(zip(second, first, strict=True), start=1):
            same(f"the gradient of input {i} in a second backward", _dx(dx), expected)
        same("the output after backward", y, kept)


def _dx(dx: Array | None) -> Array:
    assert dx is not None, "backward gives no dx though ctx.needs_dx is True"
    return dx


def dx_is_left_out_when_not_needed(cls: LayerClass) -> None:
    """With ctx.needs_dx False every entry that backward returns is None: the product is saved, not thrown away."""
    for trial in trials(cls):
        _, cache = trial.layer.forward(*trial.xs, ctx=trial.context())
        dxs = trial.layer.backward(trial.dy, cache, trial.context(needs_dx=False))
        assert len(dxs) == len(trial.xs), f"backward returns {len(dxs)} entries for {len(trial.xs)} inputs"
        assert all(dx is None for dx in dxs), "backward computes dx though ctx.needs_dx is False"


def strided_gradients_are_taken(cls: LayerClass) -> None:
    """`dy` may be a view into a larger array, as Concat hands it on."""
    for trial in trials(cls):
        expected = {name: gradient.copy() for name, gradient in trial.gradients().items()}
        whole = np.concatenate([trial.dy, trial.dy[..., ::-1]], axis=-1)
        for dy in (np.repeat(trial.dy, 2, axis=-1)[..., ::2], whole[..., : trial.dy.shape[-1]]):
            trial.dy = dy
            for name, gradient in trial.gradients().items():
                error = relative(gradient, expected[name])
                assert error <= EXACT, f"for a strided dy the gradient of {name} differs by {error:.3g}"


@dataclass
class _Asked(Context):
    """A pass that keeps the generators that were asked for."""

    given: list[np.random.Generator] = field(default_factory=list)

    def generator(self) -> np.random.Generator:
        self.given.append(super().generator())
        return self.given[-1]


def chance_is_as_said(cls: LayerClass) -> None:
    """It takes the numbers that `draws` says of the step's stream, once, in training alone: a compiled pass is handed
    them."""
    for trial in trials(cls):
        asked = _Asked(**vars(trial.context()))
        trial.layer.forward(*trial.xs, ctx=asked)
        said = trial.layer.draws(*(x.shape[1:] for x in trial.xs)) if trial.training else None
        places = [generator.bit_generator.state for generator in asked.given]
        expected = trial.context().generator()
        if said is not None:
            expected.random((len(trial.xs[0]), *said), np.float32)
        wanted = [] if said is None else [expected.bit_generator.state]
        assert places == wanted, f"`draws` says {said}, which is not what a pass takes of `ctx.generator()`"


def reach_is_as_said(cls: LayerClass) -> None:
    """A place of the output is computed of no more places of the input than `reach` says."""
    for trial in trials(cls):
        said = trial.layer.reach(trial.shapes, trial.out_shape)
        if trial.training or said is None:
            continue
        for axis, (window, step) in enumerate(zip(said.window, said.step, strict=True)):
            places = trial.out_shape[axis]
            middle = places // 2
            for far in (0, 1) if middle + 1 < places else (0,):
                most, found = math.ceil(window + far * step), _extent(trial, axis, middle, middle + far)
                assert found <= most, f"{far + 1} places of axis {axis} are computed of {found}, reach says {most}"


def _extent(trial: LayerProbe, axis: int, first: int, last: int) -> int:
    """How many places of the input, from the first to the last, output places first to last of an axis depend on."""
    dy = np.zeros_like(trial.dy)
    dy[(slice(None),) * (axis + 1) + (slice(first, last + 1),)] = trial.dy[
        (slice(None),) * (axis + 1) + (slice(first, last + 1),)
    ]
    _, cache = trial.layer.forward(*trial.xs, ctx=trial.context())
    extents = [1]
    for dx in map(_dx, trial.layer.backward(dy, cache, trial.context())):
        if dx.ndim == dy.ndim:  # not the gate of a channel
            others = tuple(other for other in range(dx.ndim) if other != axis + 1)
            (there,) = np.nonzero(np.abs(dx).max(axis=others) > ROUNDING * np.abs(dx).max())
            extents += [int(there[-1] - there[0]) + 1] if len(there) else []
    return max(extents)


LAYER_CHECKS: tuple[Callable[[LayerClass], None], ...] = (
    options_survive,
    shape_is_as_built,
    forward_is_pure,
    everything_that_nnlab_check_finds,
    backward_leaves_the_cache,
    dx_is_left_out_when_not_needed,
    strided_gradients_are_taken,
    chance_is_as_said,
    reach_is_as_said,
)
"""Every check of a layer."""


def check_layer(cls: LayerClass) -> None:
    """Runs every check on every example of a layer. Raises AssertionError: naming the check and what is wrong."""
    run(LAYER_CHECKS, cls, cls.__name__)
