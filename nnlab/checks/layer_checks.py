"""What every layer must do: give the gradient of what it computes, and touch nothing that is not its own."""

from collections.abc import Iterator

import numpy as np

from nnlab.checks.findings import EXACT, ROUNDED, Finding, gradient_findings, must, relative
from nnlab.checks.gradients import check_gradients
from nnlab.checks.layer_forms import as_defined, in_pieces, padded_as_said
from nnlab.checks.layer_probe import BATCH, LayerProbe, step_of
from nnlab.checks.rounding_laws import rounding_findings
from nnlab.core.component import make
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.core.workspace import Workspace
from nnlab.layers.base import Layer


def layer_findings(cls: type[Layer], seed: int = 0) -> Iterator[Finding]:
    """Everything that is looked at in one class of layers, over its examples, in training and in evaluation."""
    for number, (options, shapes) in enumerate(cls.examples()):
        for training in (True, False):
            mode = "training" if training else "evaluation"
            said = "".join(f" {key}={value}" for key, value in options.items())
            where = f"{mode}{said} on {' '.join(str(shape) for shape in shapes)}"
            rng = Rng(seed).at(cls.__name__, number)
            probe = LayerProbe(make(cls, options), shapes, training=training, rng=rng)
            yield from gradient_findings(check_gradients(probe, rng, coordinates=4), where)
            yield from _untouched(probe, where)
            yield from _backward_adds(probe, where)
            yield from _memory(probe, where)
            yield from in_pieces(probe, where)
            yield from padded_as_said(probe.layer, shapes, where)
            if cls.in_steps:
                yield from rounding_findings(cls, options, shapes, rng, where)
            single = LayerProbe(make(cls, options), shapes, training=training, rng=rng, dtype=np.float32)
            yield from _float32(probe, single, where)
            for own in (probe, single):
                yield from as_defined(own, where)
            if not training:
                yield from _one_by_one(probe, where)


def _untouched(probe: LayerProbe, where: str) -> Iterator[Finding]:
    """Forward changes nothing at all, backward nothing but gradients; observe nothing but buffers."""
    layer, values = probe.layer, probe.values
    kept = {name: value.copy() for name, value in _values(probe).items()}
    fields, xs, dy = dict(vars(layer)), [x.copy() for x in probe.xs], probe.dy.copy()
    y, cache = layer.forward(*probe.xs, ctx=probe.context())
    yield must(y.shape == (BATCH, *probe.out_shape), f"{where}: the output's shape {y.shape} is not what build said")
    changed = [name for name, value in vars(layer).items() if name not in fields or fields[name] is not value]
    yield must(not changed, f"{where}: forward changes the layer ({', '.join(changed)}); it belongs in the cache")
    layer.backward(probe.dy, cache, probe.context())
    same = all(np.array_equal(now, before) for now, before in zip([*probe.xs, probe.dy], [*xs, dy], strict=True))
    yield must(same, f"{where}: forward or backward writes into its inputs")
    moved = [name for name, value in kept.items() if not np.array_equal(_values(probe)[name], value)]
    yield must(not moved, f"{where}: forward or backward changes {', '.join(moved)}")
    layer.observe(cache)
    moved = [name for name in values.parameters if not np.array_equal(_values(probe)[name], kept[name])]
    yield must(not moved, f"{where}: observe changes {', '.join(moved)}")
    for name, buffer in values.buffers.items():
        if not probe.training:
            yield must(np.array_equal(buffer.value, kept[name]), f"{where}: observe moves {name} after an evaluation")
        np.copyto(buffer.value, kept[name])


def _values(probe: LayerProbe) -> dict[str, Array]:
    parameters = {name: parameter.value for name, parameter in probe.values.parameters.items()}
    return parameters | {name: buffer.value for name, buffer in probe.values.buffers.items()}


def _backward_adds(probe: LayerProbe, where: str) -> Iterator[Finding]:
    """A second backward doubles the gradients; one without dx leaves them as they are."""
    probe.gradients()
    once = {name: parameter.grad.copy() for name, parameter in probe.values.parameters.items()}
    _, cache = probe.layer.forward(*probe.xs, ctx=probe.context())
    dxs = probe.layer.backward(probe.dy, cache, probe.context(needs_dx=False))
    yield must(len(dxs) == len(probe.xs), f"{where}: backward returns {len(dxs)} gradients for {len(probe.xs)} inputs")
    for name, parameter in probe.values.parameters.items():
        error = relative(parameter.grad, 2 * once[name])
        yield Finding(f"{where}: a second backward has to add to {name}.grad", error, EXACT)


def _memory(probe: LayerProbe, where: str) -> Iterator[Finding]:
    """Borrowed memory holds what the last step left: nothing may be taken for zero."""
    workspace = Workspace()
    results: list[list[Array]] = []
    for _ in range(2):
        results.append(step_of(probe, workspace))
        workspace.overwrite(0xFF)  # NaN in either dtype
    same = all(np.array_equal(first, second) for first, second in zip(*results, strict=True))
    yield must(same, f"{where}: a second step differs: borrowed memory is read before it is written")


def _float32(probe: LayerProbe, single: LayerProbe, where: str) -> Iterator[Finding]:
    """The same numbers in float32: the same gradients, but for rounding, and no float64 on the way."""
    y, _ = single.layer.forward(*single.xs, ctx=single.context())
    yield must(y.dtype == np.float32, f"{where}: float32 inputs give a {y.dtype} output")
    exact = probe.gradients()
    for name, gradient in single.gradients().items():
        yield must(gradient.dtype == np.float32, f"{where}: float32 inputs give a {gradient.dtype} gradient of {name}")
        yield Finding(f"{where}: {name} in float32 against float64", relative(gradient, exact[name]), ROUNDED)


def _one_by_one(probe: LayerProbe, where: str) -> Iterator[Finding]:
    """In evaluation a sample's output does not depend on what else is in its batch."""
    together, _ = probe.layer.forward(*probe.xs, ctx=probe.context())
    together = together.copy()
    alone = np.concatenate(
        [probe.layer.forward(*(x[i : i + 1] for x in probe.xs), ctx=probe.context())[0] for i in range(BATCH)]
    )
    yield Finding(f"{where}: samples scored alone against together", relative(alone, together), EXACT)
