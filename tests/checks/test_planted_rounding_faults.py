"""Faults planted in what rounds to 8 bits, with what finds each, as in convolutions."""

import numpy as np
import pytest

from nnlab.checks.layer_checks import layer_findings
from nnlab.kernels.quantize import Grid
from nnlab.layers import fake_quantize, quantized_weights
from nnlab.layers.fake_quantize import FakeQuantize
from nnlab.layers.quantized_weights import QuantizedWeights


def passes_everywhere(plain):
    """What is cut off has a gradient too."""
    return lambda dy, x, low, high, **more: plain(dy, x, -np.inf, np.inf, **more)


def true_derivative(plain):
    """That of rounding, which is 0: nothing would ever learn."""
    return lambda dy, x, low, high, *, out, empty: np.multiply(dy, 0, out=out)


def times_the_step(plain):
    """The gradient of the code, where that of the value is asked for."""
    return lambda dy, x, low, high, *, out, empty: plain(dy * (high - low) / 256, x, low, high, out=out, empty=empty)


def stops_a_step_early(plain):
    """The outermost codes have no gradient."""
    return lambda dy, x, low, high, **more: plain(dy, x, low * 0.99, high * 0.99, **more)


def halves_away_from_0(plain):
    """As a hand rounds, and not engines."""

    def rounded(x, grid, *, out):
        codes = np.sign(x) * np.floor(np.abs(x / grid.scale) + 0.5)
        np.multiply(np.clip(codes, -grid.zero, 255 - grid.zero), grid.scale, out=out)
        return out

    return rounded


def not_cut_off(plain):
    """Codes above 255 and below 0."""
    return lambda x, grid, *, out: np.multiply(np.rint(x / grid.scale), grid.scale, out=out)


def zero_between_two_codes(plain):
    """The zero point is not a code: 0 does not come back as 0."""

    def grid_over(low, high):
        grid = plain(low, high)
        return None if grid is None else Grid(grid.scale, -min(low, 0) / grid.scale)

    def rounded(x, grid, *, out):
        codes = np.clip(np.rint(x / grid.scale + grid.zero), 0, 255)
        return np.multiply(codes - grid.zero, grid.scale, out=out)

    return grid_over, rounded


def a_step_too_many(plain):
    """256 steps, where a byte has 255."""
    return lambda low, high: (
        Grid(grid.scale * grid.scale.dtype.type(255 / 256), grid.zero) if (grid := plain(low, high)) else None
    )


def symmetric(plain):
    """As for weights: half of the codes are lost behind a rectifier."""

    def grid_over(low, high):
        largest = max(abs(low), abs(high))
        return Grid(largest / largest.dtype.type(127.5), largest.dtype.type(128)) if largest else None

    return grid_over


def without_0(plain):
    """A range as it was seen, though padding is 0."""

    def grid_over(low, high):
        scale = (high - low) / low.dtype.type(255)
        return Grid(scale, np.rint(-low / scale)) if scale > 0 else None

    return grid_over


def other_share(plain):
    """momentum as torch has it."""

    def moved(self, x):
        now, there = np.array([x.min(), x.max()]), self.range.value
        return now if not there.any() else there * (1 - self.momentum) + now * self.momentum

    return moved


def last_batch_alone(plain):
    return lambda self, x: np.array([x.min(), x.max()], x.dtype)


def range_of_magnitudes(plain):
    return lambda self, x: plain(self, np.abs(x))


def never_moves(plain):
    return lambda self, cache: None


def moves_in_evaluation(plain):
    """A score disturbs the training."""
    return lambda self, cache: np.copyto(self.range.value, [cache.x.min(), cache.x.max()])


def one_scale_for_all(plain):
    """Per tensor: outputs with small weights lose most of their codes."""
    return lambda weight, axis: np.broadcast_to(plain(weight, axis).max(), plain(weight, axis).shape)


def scales_of_inputs(plain):
    """Along the wrong axis."""
    return lambda weight, axis: plain(weight, 0)


def largest_is_128(plain):
    """A code that there is not: the largest weight is cut off."""
    return lambda weight, axis: plain(weight, axis) * (127 / 128)


def towards_0(plain):
    return lambda weight, scales: np.trunc(weight / scales)


def gradient_by_unrounded_weights(plain):
    """dx by W, where y was made by V."""
    return lambda self, dy, cache, ctx: self.inner.backward(dy, cache[1], ctx)


def gradient_counted_twice(plain):
    def backward(self, dy, cache, ctx):
        plain(self, dy, cache, ctx)
        return plain(self, dy, cache, ctx)

    return backward


FAULTS = [
    ("gradients", FakeQuantize, fake_quantize, "held_between", passes_everywhere, "passes where nothing is cut off"),
    ("gradients", FakeQuantize, fake_quantize, "held_between", true_derivative, "x1"),
    ("gradients", FakeQuantize, fake_quantize, "held_between", times_the_step, "x1"),
    ("gradients", FakeQuantize, fake_quantize, "held_between", stops_a_step_early, "passes where nothing is cut off"),
    ("gradients", FakeQuantize, fake_quantize, "rounded", halves_away_from_0, "values rounded over 0 to 255"),
    ("gradients", FakeQuantize, fake_quantize, "rounded", not_cut_off, "values rounded over -1 to 3"),
    ("gradients", FakeQuantize, fake_quantize, ("grid_over", "rounded"), zero_between_two_codes, "values rounded"),
    ("torch", FakeQuantize, fake_quantize, "grid_over", a_step_too_many, "y is"),
    ("gradients", FakeQuantize, fake_quantize, "grid_over", symmetric, "values rounded over -1 to 3"),
    ("gradients", FakeQuantize, fake_quantize, "grid_over", without_0, "values rounded over 2 to 5.1"),
    ("gradients", FakeQuantize, FakeQuantize, "moved", other_share, "the range after"),
    ("torch", FakeQuantize, FakeQuantize, "moved", last_batch_alone, "y is"),
    ("gradients", FakeQuantize, FakeQuantize, "moved", range_of_magnitudes, "the range after"),
    ("torch", FakeQuantize, FakeQuantize, "observe", never_moves, "range is"),
    ("gradients", FakeQuantize, FakeQuantize, "observe", moves_in_evaluation, "observe moves"),
    ("gradients", QuantizedWeights, quantized_weights, "channel_scales", one_scale_for_all, "the largest weight stays"),
    ("torch", QuantizedWeights, quantized_weights, "channel_scales", scales_of_inputs, "y is"),
    (
        "gradients",
        QuantizedWeights,
        quantized_weights,
        "channel_scales",
        largest_is_128,
        "the largest weight stays",
    ),
    ("gradients", QuantizedWeights, quantized_weights, "weight_codes", towards_0, "becomes the nearest value"),
    ("gradients", QuantizedWeights, QuantizedWeights, "backward", gradient_by_unrounded_weights, "x1"),
    ("gradients", QuantizedWeights, QuantizedWeights, "backward", gradient_counted_twice, "layer.weight"),
]


@pytest.mark.parametrize(
    ("check", "cls", "place", "name", "fault", "says"), FAULTS, ids=[fault[4].__name__ for fault in FAULTS]
)
def test_fault_in_rounding(monkeypatch, fails, on_torch, check, cls, place, name, fault, says):
    names = (name,) if isinstance(name, str) else name
    made = fault(getattr(place, names[0]))
    for one, other in zip(names, made if len(names) > 1 else (made,), strict=True):
        monkeypatch.setattr(place, one, other)
    fails(cls.__name__, on_torch(cls) if check == "torch" else layer_findings(cls), says)
