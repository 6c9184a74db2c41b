"""Faults planted in pooling, in norms and in what else images go through, with what finds each, as in convolutions."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.checks.layer_checks import layer_findings
from nnlab.kernels.group_norm import Grouping
from nnlab.kernels.groups import groups_of
from nnlab.kernels.images import average_pool as averages
from nnlab.kernels.images import max_pool as largest
from nnlab.kernels.images.met import Met
from nnlab.kernels.pooling import counts
from nnlab.layers import batch_norm, max_pool2d, multiply, pad, pooled, resize
from nnlab.layers.average_pool2d import AveragePool2d
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.group_norm import GroupNorm
from nnlab.layers.layer_norm import LayerNorm
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.layers.multiply import Multiply
from nnlab.layers.pad import Pad
from nnlab.layers.prelu import PReLU
from nnlab.layers.resize import Resize
from nnlab.layers.stochastic_depth import StochasticDepth


def last_of_equals(plain):
    """Of several largest the last is found: only ties tell."""

    def max_pool_found(x, window, out_size, *, empty=np.empty):
        y, found = plain(x, window, out_size, empty=empty)
        (top, bottom), (left, right) = window.pads
        wide = np.pad(x, ((0, 0), (top, bottom + 9), (left, right + 9), (0, 0)), constant_values=-np.inf)
        for code, (a, b) in enumerate(np.ndindex(*window.kernel)):
            (down, along), (rows, columns) = window.strides, out_size
            first, second = a * window.dilations[0], b * window.dilations[1]
            met = wide[:, first : first + down * rows : down, second : second + along * columns : along]
            found[met[:, :rows, :columns] == y] = code
        return y, found

    return max_pool_found


def padding_is_zero(plain):
    """What is padded counts as zeros, which may be the largest."""
    return lambda x, window, *rest, **more: np.maximum(plain(x, window, *rest, **more), 0)


def windows_never_overlap(plain):
    """dx is written where it has to be added."""
    return lambda window, axis: True


def outputs_of_the_group_alone(plain):
    """In dx, windows that reach over from the group above are forgotten."""

    def looking(window, axis, out_length, places):
        seen = plain(window, axis, out_length, places)
        own = min(seen.stop, -(-(places.start + window.pads[axis][0]) // window.strides[axis]))
        return slice(max(seen.start, own), seen.stop) if places.start else seen

    return looking


def first_row_forgotten(plain):
    """In a group that is not the first, a kernel's first row meets nothing."""

    def met(window, axis, length, outputs, first=0):
        found = plain(window, axis, length, outputs, first)
        return [Met(slice(0, 0), slice(0, 0)), *found[1:]] if axis == 0 and outputs.start else found

    return met


def padding_counted_the_other_way(plain):
    """Counted where it is not to be, and the other way round."""
    return lambda size, window, out_size, *, count_padding: plain(
        size, window, out_size, count_padding=not count_padding
    )


def counted_over_the_end(plain):
    """A last window counts as whole, also what it reaches over image and padding."""

    def whole(size, window, out_size, *, count_padding):
        made = counts(size, window, out_size, count_padding=count_padding)
        return np.full_like(made, np.prod(window.kernel)) if count_padding else made

    return whole


def no_last_window(plain):
    return lambda window, axis, length, count: count


def over_rows_of_channels(plain):
    """Statistics of every place over the channels, where they were meant over the places."""

    def forward(self, *xs, ctx):
        y, cache = plain[0](self, np.ascontiguousarray(xs[0].swapaxes(1, -1)), ctx=ctx)
        return y.swapaxes(1, -1), cache

    def backward(self, dy, cache, ctx):
        (dx,) = plain[1](self, np.ascontiguousarray(dy.swapaxes(1, -1)), cache, ctx)
        return (None if dx is None else dx.swapaxes(1, -1),)

    return forward, backward


def running_variance_of_n(plain):
    """n where n - 1 is meant."""
    return lambda self, cache: plain(self, cache._replace(values=1e300))


def normalised_by_n_less_one(plain):
    """n - 1 where n is meant, in the forward pass alone."""

    def moments(x, empty=np.empty):
        mean, variance = plain(x, empty)
        count = x.size // x.shape[-1]
        return mean, variance * (count / (count - 1))

    return moments


def means_of_groups_forgotten(plain):
    """The variance as the mean of the groups' own: how far their means are apart is left out."""

    def moments(x, empty=np.empty):
        rows = x.reshape(-1, x.shape[-1])
        groups = [rows[group] for part in groups_of(len(rows), rows[0].nbytes) for group in part]
        return rows.mean(axis=0), sum(len(group) * group.var(axis=0) for group in groups) / len(rows)

    return moments


def channels_interleaved(plain):
    """Every second channel is a group, where neighbours are meant."""

    def spread(self, of_groups):
        shape = (len(of_groups), self.fold, self.each, self.groups)
        return np.broadcast_to(of_groups[:, None, None, :], shape).reshape(len(of_groups), 1, -1)

    def mean(self, of_channels):
        return of_channels.reshape(len(of_channels), self.each, self.groups).sum(axis=1) / self.values

    return spread, mean


def over_the_batch(plain):
    """Standardised over the samples, where it was meant over the channels."""

    def forward(self, *xs, ctx):
        (x,) = xs
        _, cache = plain(self, x, ctx=ctx)
        xhat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + self.epsilon)
        return (xhat * self.gamma.value + self.beta.value).astype(x.dtype), cache

    return forward


def slope_of_one_place(plain):
    """dalpha of the first place of each sample alone."""

    def backward(self, dy, cache, ctx):
        given = self.alpha.grad.copy()
        (dx,) = plain(self, dy, cache, ctx)
        own = (dy * np.minimum(cache, 0)).reshape(len(dy), -1, dy.shape[-1])[:, 0].sum(axis=0)
        np.copyto(self.alpha.grad, given + (own.sum() if self.shared else own))
        return (dx,)

    return backward


def one_for_the_batch(plain):
    """One number for all samples, where each has its own."""

    def forward(self, *xs, ctx):
        y, mask = plain(self, *xs, ctx=ctx)
        if mask is None:
            return y, mask
        mask[...] = mask[:1]
        return xs[0] * mask, mask

    return forward


def gate_of_one_place(plain):
    """dgate of the first place alone, where it is the sum over all."""

    def products_added_up(x, dy, *, out):
        out[...] = (x * dy).reshape(len(x), -1, x.shape[-1])[:, 0]
        return out

    return products_added_up


def mean_of_rows_alone(plain):
    """Divided by the height, where all places are meant; backward too, so that its gradient is right."""

    def forward(self, *xs, ctx):
        y, shape = plain[0](self, *xs, ctx=ctx)
        return y * np.prod(shape[2:-1], dtype=int), shape

    def backward(self, dy, cache, ctx):
        return plain[1](self, dy * int(np.prod(cache[2:-1], dtype=int)), cache, ctx)

    return forward, backward


def other_coordinates(plain):
    """half_pixel where corners are to be aligned."""
    return lambda number, axis, mode, coordinates: plain(
        number, axis, mode, {"align_corners": "half_pixel"}.get(coordinates, coordinates)
    )


def cubic_of_keys(plain):
    """a = -0.5, as Keys has it and Pillow, where torch and ONNX have -0.75."""
    return lambda at, axis, mode, **more: plain(at, axis, mode, **{**more, "a": -0.5})


def gradient_is_nearest(plain):
    """dx by the weights of the output: those of the next row."""

    def resampling(number, axis, mode, coordinates):
        made = plain(number, axis, mode, coordinates)
        return made._replace(back_weights=np.roll(made.back_weights, 1, axis=0))

    return resampling


def before_and_after_exchanged(plain):
    return lambda x, margin, *rest: plain(x, replace(margin, before=margin.after, after=margin.before), *rest)


def margin_gives_nothing_back(plain):
    """dx of what is inside alone; the mirror's is forgotten."""
    return lambda dy, margin, mode, *rest: plain(dy, margin, "constant", *rest)


FAULTS = [
    ("torch", MaxPool2d, max_pool2d, "max_pool_found", last_of_equals, "quarters: x1 is"),
    ("gradients", MaxPool2d, max_pool2d, "max_pool", padding_is_zero, "x1"),
    ("gradients", MaxPool2d, largest, "apart", windows_never_overlap, "x1"),
    ("pieces", MaxPool2d, largest, "looking", outputs_of_the_group_alone, "the gradient of x1 cut into small pieces"),
    ("pieces", MaxPool2d, largest, "met", first_row_forgotten, "the gradient of x1 cut into small"),
    ("torch", MaxPool2d, pooled, "_with_last", no_last_window, "y has shape"),
    ("torch", AveragePool2d, pooled, "_with_last", no_last_window, "y has shape"),
    ("torch", AveragePool2d, averages, "counts", padding_counted_the_other_way, "y is"),
    ("torch", AveragePool2d, averages, "counts", counted_over_the_end, "y is"),
    ("gradients", AveragePool2d, averages, "apart", windows_never_overlap, "x1"),
    ("pieces", AveragePool2d, averages, "looking", outputs_of_the_group_alone, "the gradient of x1 cut into small"),
    ("pieces", AveragePool2d, averages, "met", first_row_forgotten, "the gradient of x1 cut into small"),
    ("torch", GlobalAveragePool, GlobalAveragePool, ("forward", "backward"), mean_of_rows_alone, "y is"),
    ("torch", BatchNorm, BatchNorm, ("forward", "backward"), over_rows_of_channels, "y is"),
    ("torch", BatchNorm, BatchNorm, "observe", running_variance_of_n, "running_variance is"),
    ("gradients", BatchNorm, batch_norm, "moments", normalised_by_n_less_one, "x1"),
    ("pieces", BatchNorm, batch_norm, "moments", means_of_groups_forgotten, "the output cut into small pieces"),
    ("torch", GroupNorm, Grouping, ("spread", "mean"), channels_interleaved, "y is"),
    ("gradients", LayerNorm, LayerNorm, "forward", over_the_batch, "samples scored alone against together"),
    ("gradients", PReLU, PReLU, "backward", slope_of_one_place, "layer.alpha"),
    ("torch", StochasticDepth, StochasticDepth, "forward", one_for_the_batch, "y is"),
    ("gradients", Multiply, multiply, "products_added_up", gate_of_one_place, "x2"),
    ("torch", Resize, resize, "_resampling", other_coordinates, "y is"),
    ("torch", Resize, resize, "filtered", cubic_of_keys, "y is"),
    ("gradients", Resize, resize, "_resampling", gradient_is_nearest, "x1"),
    ("torch", Pad, pad, "padded", before_and_after_exchanged, "y is"),
    ("gradients", Pad, pad, "padded_dx", margin_gives_nothing_back, "x1"),
]


@pytest.fixture(autouse=True)
def forgotten():
    """What Resize keeps of the sizes that it met would hide a fault, and outlive it."""
    kept = resize._resampling
    kept.cache_clear()
    yield
    kept.cache_clear()


@pytest.mark.parametrize(
    ("check", "cls", "place", "name", "fault", "says"),
    FAULTS,
    ids=[f"{fault[1].__name__}-{fault[4].__name__}" for fault in FAULTS],
)
def test_fault_in_what_images_go_through(monkeypatch, fails, on_torch, check, cls, place, name, fault, says):
    if fault is over_rows_of_channels:  # it fits where there are as many rows as channels
        monkeypatch.setattr(cls, "examples", classmethod(lambda _: (({}, ((3, 4, 3),)),)))
    names = (name,) if isinstance(name, str) else name
    plain = tuple(getattr(place, one) for one in names)
    made = fault(plain) if len(names) > 1 else (fault(plain[0]),)
    for one, other in zip(names, made, strict=True):
        monkeypatch.setattr(place, one, other)
    fails(cls.__name__, on_torch(cls) if check == "torch" else layer_findings(cls), says)
