"""What a component's translation to another backend must do: the same as the component, to the last digits."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

import numpy as np

from nnlab.checks.findings import Finding, must
from nnlab.checks.layer_probe import LayerProbe
from nnlab.checks.loss_checks import example, sizes, sure_mistakes, weighted, weighted_channels, weighted_map
from nnlab.checks.translated import Translated
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.parameter import Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.losses.base import Loss
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import SCHEDULES, Schedule

LIMITS: Final[Mapping[Any, float]] = {np.float64: 3e-14, np.float32: 5e-6}
"""How far the largest difference may be from zero, as a share of the tensor's largest value: some hundred times
the rounding of one operation in float64, some forty times in float32; nnlab's own stay under 7e-16 and 4e-7."""

STEPS: Final = 30
"""Updates that a rule is followed for."""

AROUND: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"weight_decay": 0.1},
    {"clip_norm": 0.5},
    {"clip_value": 0.3, "weight_decay": 0.02, "clip_norm": 2.0},
)
"""What the optimizer is asked to do besides the rule."""


Translatable = type[Layer] | type[Loss] | type[UpdateRule]

Examples = Sequence[Mapping[str, Any]]
"""Options to try a component with."""

Compared = Iterator[tuple[str, Mapping[str, Array], Mapping[str, Array]]]
"""Where, what the translation gives, and what the component gives; both by name."""


def translation_findings(
    cls: Translatable, translated: Translated, examples: Examples | None = None
) -> Iterator[Finding]:
    """A component's translation held against the component, on every one of its examples, or on those given.

    Of a layer: output, gradients and running statistics, in training and in evaluation. Of a loss: value and gradient,
    sure mistakes included. Of an update rule: values and slots over 30 steps, with decay, clipping and schedules. In
    float64 and in float32.

    Raises:  UsageError: when there is no translation.
    """
    for dtype, limit in LIMITS.items():
        for where, got, expected in _compared(cls, translated, dtype, examples):
            yield from _alike(f"{np.dtype(dtype).name}, {where}", got, expected, limit)


def _compared(cls: Translatable, translated: Translated, dtype: Any, examples: Examples | None) -> Compared:
    if issubclass(cls, Layer):
        return _layer(cls, translated, dtype)
    tried = cls.examples() if examples is None else examples
    return _loss(cls, translated, dtype, tried) if issubclass(cls, Loss) else _rule(cls, translated, dtype, tried)


def _layer(cls: type[Layer], translated: Translated, dtype: Any) -> Compared:
    for number, (options, shapes) in enumerate(cls.examples()):
        for training, ties in product((True, False), (False, True)):
            probe = LayerProbe(make(cls, options), shapes, training=training, rng=Rng(number), dtype=dtype)
            if ties:
                probe.xs = [np.rint(4 * x) / 4 for x in probe.xs]
            values = {name.removeprefix("layer."): kept for name, kept in _kept(probe).items()}
            own = {field: kept.copy() for field, kept in values.items()}
            y, cache = probe.layer.forward(*probe.xs, ctx=probe.context())
            y = y.copy()
            gradients = {name.removeprefix("layer."): gradient for name, gradient in probe.gradients().items()}
            probe.layer.observe(cache)
            buffers = {name.removeprefix("layer."): kept.value for name, kept in probe.values.buffers.items()}
            got = translated.layer(probe.layer, own, probe.xs, probe.dy, probe.context())
            where = f"{'training' if training else 'evaluation'}, {options or 'defaults'} on {shapes}"
            where += " of quarters" if ties else ""
            yield where, got, {"y": y, **gradients, **buffers}


def _kept(probe: LayerProbe) -> dict[str, Array]:
    return {name: kept.value for name, kept in (probe.values.parameters | probe.values.buffers).items()}


def _loss(cls: type[Loss], translated: Translated, dtype: Any, examples: Examples) -> Compared:
    for options in examples:
        loss: Loss = make(cls, options)
        tries = {f"batch {n} x {c}": example(loss, n, c, Rng(n).generator()) for n, c in sizes(cls)}
        tries |= {f"weighted, {where}": weighted(*tried) for where, tried in tries.items()}
        tries["weighted maps"] = weighted_map(loss, *sizes(cls)[1], Rng(0).generator())
        if loss.apart:
            predicted, target = example(loss, *sizes(cls)[2], Rng(1).generator())
            tries["weighted channels"] = weighted_channels(predicted, target, Rng(0).generator())
        for where, (predicted, target) in {**tries, "sure mistakes": sure_mistakes(loss)}.items():
            p, y = predicted.astype(dtype), target.astype(dtype)
            value, gradient = loss(p, y, Context())
            got, other = translated.loss(loss, p, y)
            yield (
                f"{options or 'defaults'}, {where}",
                {"loss": np.asarray(got), "gradient": other},
                {"loss": np.asarray(value), "gradient": gradient},
            )


def _rule(cls: type[UpdateRule], translated: Translated, dtype: Any, examples: Examples) -> Compared:
    for options in examples:
        for around in AROUND:
            for schedule in (None, *_schedules()):
                rule: UpdateRule = make(cls, options)
                optimizer = Optimizer(rule, learning_rate=0.05, schedule=schedule, **around)
                parameters, gradients = _course(dtype)
                got = translated.updates(optimizer.fresh(), parameters, gradients)
                for epoch, step in enumerate(gradients):
                    for parameter, gradient in zip(parameters, step, strict=True):
                        parameter.zero_grad()
                        parameter.add(gradient)
                    optimizer.step(parameters, epoch=epoch, epochs=STEPS)
                said = {**options, **around} | ({"schedule": schedule} if schedule else {})
                expected = {parameter.name: parameter.value for parameter in parameters} | optimizer.state()
                yield f"{said or 'defaults'}", got, expected


def _schedules() -> Iterator[Schedule]:
    for cls in SCHEDULES:
        for options in cls.examples():
            yield make(cls, options)


def _course(dtype: Any) -> tuple[list[Parameter], list[list[Array]]]:
    """Two parameters, one penalised and one not, and gradients of each for every step, some of them tiny."""
    generator = Rng(0).generator()
    parameters = [
        Parameter("penalised", generator.standard_normal((3, 2)).astype(dtype)),
        Parameter("free", generator.standard_normal(3).astype(dtype), penalised=False),
    ]
    return parameters, [
        [(generator.standard_normal(p.value.shape) * 10.0 ** (-step % 4)).astype(dtype) for p in parameters]
        for step in range(STEPS)
    ]


def _alike(where: str, got: Mapping[str, Array], expected: Mapping[str, Array], limit: float) -> Iterator[Finding]:
    """Both have the same names, shapes and dtypes, and values within the limit."""
    if odd := sorted(expected.keys() ^ got.keys()):
        yield must(False, f"{where}: {', '.join(odd)} is only on one side")
    for name in [name for name in expected if name in got]:
        value, other = expected[name], got[name]
        if other.shape != value.shape:
            yield must(False, f"{where}: {name} has shape {other.shape}, not {value.shape}")
            continue
        if value.ndim and other.dtype != value.dtype:
            yield must(False, f"{where}: {name} is {other.dtype}, not {value.dtype}")
        yield _apart(f"{where}: {name}", other, value, limit)


def _apart(where: str, other: Array, value: Array, limit: float) -> Finding:
    """The largest difference, as a share of the largest value."""
    scale = float(np.abs(value).max(initial=0.0))
    apart = float(np.abs(np.asarray(other, np.float64) - value).max(initial=0.0))
    found = Finding(where, apart / scale if scale else apart and math.inf, limit)
    says = f"{where} is {apart:.3g} away, its largest value being {scale:.3g}"
    return replace(found, where=says) if found.failed else found
