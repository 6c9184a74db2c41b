"""Faults planted in convolutions: in their columns, in Winograd's form, in depthwise ones, in seams between bands.

Every fault says which of nnlab's checks finds it, and what that names:
    gradients     against differences (nnlab check)
    pieces        cut into small pieces, against whole: the seams between bands (nnlab check)
    definition    a quicker form against the definition (nnlab check)
    torch         against torch (nnlab check --backend=torch)
"""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.checks.layer_checks import layer_findings
from nnlab.kernels.images import bands, columns, depthwise, winograd
from nnlab.layers import conv2d, conv_transpose2d, windows
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.conv_transpose2d import ConvTranspose2d


def turned(pads):
    """Padding before and after exchanged."""
    return tuple((after, before) for before, after in pads)


def kernel_transposed(plain):
    """Height and width of the kernel exchanged, forward and in dx alone."""

    def matrices(w, groups):
        return plain(np.ascontiguousarray(w.transpose(1, 0, 2, 3)) if w.shape[0] == w.shape[1] else w, groups)

    return matrices


def kernel_transposed_throughout(plain):
    """The same everywhere: the gradient is right, the convolution is not."""

    def columns_of(slab, window, places, group, channels, memory):
        made = plain(slab, window, places, group, channels, memory)
        (height, width), rows = window.kernel, len(made)
        if height == width:
            by_element = made.reshape(rows, height, width, channels)
            by_element[...] = by_element.transpose(0, 2, 1, 3).copy()
        return made

    return columns_of


def padding_on_the_other_side(plain):
    """Laid out before the image what belongs after it."""
    return lambda x, window, band, memory: plain(x, replace(window, pads=turned(window.pads)), band, memory)


def odd_padding_first(plain):
    """As caffe does, and ONNX's SAME_LOWER."""
    return lambda padding, *rest: turned(plain(padding, *rest)) if padding == "same" else plain(padding, *rest)


def stride_forgotten(plain):
    """In dx, where columns are added up."""
    return lambda window, *rest: plain(replace(window, strides=(1, 1)), *rest)


def strides_exchanged(plain):
    return lambda window, *rest: plain(replace(window, strides=window.strides[::-1]), *rest)


def dilation_ignored(plain):
    """In dw."""

    def backward(dy, x, w, window, *, needs_dx=True, empty=np.empty):
        _, dx = plain(dy, x, w, window, needs_dx=needs_dx, empty=empty)
        dw, _ = plain(dy, x, w, replace(window, dilations=(1, 1)), needs_dx=False, empty=empty)
        return dw, dx

    return backward


def groups_in_reverse(plain):
    """Each group by the weights of another, in y and dx."""
    return lambda w, groups: plain(w, groups)[::-1]


def groups_of_other_channels(plain):
    """Each group of weights meets another's channels, in y and dw."""

    def columns_of(slab, window, places, group, channels, memory):
        return plain(slab, window, places, window.groups - 1 - group, channels, memory)

    return columns_of


def bias_over_other_axes(plain):
    """The sums of rows of another shape: as many numbers, others."""
    return lambda dy: dy.reshape(dy.shape[-1], -1).sum(axis=1)


def bias_of_the_first_sample(plain):
    return lambda dy: plain(dy[:1])


def halo_overwritten(plain):
    """dx is set to zero where a band begins to add to it: what the band above gave is lost."""

    def add_up(given, window, band, group, dx):
        channels = given.shape[5]
        first = max(0, band.rows.start * window.strides[0] - window.pads[0][0])
        dx[band.samples, first:, :, group * channels : (group + 1) * channels] = 0
        plain(given, window, band, group, dx)

    return add_up


def halo_row_not_met(plain):
    """A band that is not the first takes its first row for padding."""

    def met_rows(window, band, height):
        source, target, count = plain(window, band, height)
        if band.rows.start and any(map(any, window.pads)) and source.stop > source.start:
            return slice(source.start + 1, source.stop), slice(target.start + 1, target.stop), count
        return source, target, count

    return met_rows


def halo(times):
    """What two bands have in common of dx, added so many times."""

    def fault(plain):
        def added_up(d, tiles, band, image, dx):
            source, _ = tiles.rows_of(band)
            common = dx[band.samples, source.start : source.start + 2]
            before = common.copy()
            plain(d, tiles, band, image, dx)
            if band.rows.start:
                common += (times - 1) * before

        return added_up

    return fault


def last_tile_cut(plain):
    """A band's last row of tiles is not laid out."""

    def laid_out(x, tiles, band, image, into):
        d = plain(x, tiles, band, image, into)
        if band.rows.stop < -(-tiles.out_size[0] // winograd.SIDE):
            d.reshape(6, 6, -1)[5] = 0
        return d

    return laid_out


def kronecker(*, b=None, g=None, a=None, transposed=None):
    """Winograd's matrices, one of them made otherwise."""

    def fault(plain):
        def matrices(dtype):
            made = [m.copy() for m in (winograd.B.T, winograd.G, winograd.A.T)]
            for matrix, change in zip(made, (b, g, a), strict=True):
                if change is not None:
                    matrix[change[0]] = change[1]
            if transposed is not None:
                made[transposed] = made[transposed].T
            return tuple(np.kron(matrix, matrix).astype(dtype) for matrix in made)

        return matrices

    return fault


def kernel_turned(plain):
    """A convolution where a correlation is meant: everywhere, so that its gradient is right."""

    def forward(x, w, window, **rest):
        return plain[0](x, np.ascontiguousarray(w[::-1, ::-1]), window, **rest)

    def backward(dy, x, w, window, **rest):
        dw, dx = plain[1](dy, x, np.ascontiguousarray(w[::-1, ::-1]), window, **rest)
        return dw[::-1, ::-1], dx

    return forward, backward


def not_turned(plain):
    """dx is the correlation with the kernel as it is."""
    return lambda dy, w, window, x_shape, empty: plain(dy, w[::-1, ::-1], window, x_shape, empty)


def pads_not_turned(plain):
    """dx begins where the padding of y begins."""
    return lambda window, *shapes: tuple((before, 0) for before, _ in window.pads)


def no_zeros_between(plain):
    """The stride forgotten in dx: dy is not spread."""
    return lambda stride, first, count, length: plain(1, first, count, length)


def rows_of_another_band(plain):
    """What stands at the beginning of every band but the first is one row off."""
    return lambda stride, first, count, length: plain(stride, first + (first > 0), count, length)


def weights_of_the_neighbour(plain):
    """Every channel by the kernel of the next one, in y and dx."""
    return lambda w, *rest: plain(np.roll(w, 1, axis=3), *rest)


def output_padding_first(plain):
    """Rows and columns more stand before the others."""

    def input_gradient(dy, w, window, size, **rest):
        full = [
            (n - 1) * s + d * (k - 1) + 1
            for n, s, d, k in zip(dy.shape[1:3], window.strides, window.dilations, window.kernel, strict=True)
        ]
        more = [n + sum(pads) - whole for n, pads, whole in zip(size, window.pads, full, strict=True)]
        pads = tuple((before - extra, after + extra) for (before, after), extra in zip(window.pads, more, strict=True))
        return plain(dy, w, replace(window, pads=pads), size, **rest)

    return input_gradient


def maps_exchanged(plain):
    """W as Conv2d has it: channels and maps exchanged where there are as many."""

    def input_gradient(dy, w, window, size, **rest):
        return plain(dy, w[:, :, ::-1], window, size, **rest)

    return input_gradient


FAULTS = [
    ("gradients", Conv2d, columns, "_matrices", kernel_transposed, "layer.weight"),
    ("torch", Conv2d, columns, "_columns", kernel_transposed_throughout, "y is"),
    ("gradients", Conv2d, columns, "slab_of", padding_on_the_other_side, "x1"),
    ("gradients", Conv2d, windows, "pads_of", odd_padding_first, "same padding of axis 0 is 1 before and 0 after"),
    ("gradients", Conv2d, columns, "_inside", stride_forgotten, "x1"),
    ("gradients", Conv2d, columns, "_inside", strides_exchanged, "x1"),
    ("gradients", Conv2d, columns, "backward", dilation_ignored, "layer.weight"),
    ("gradients", Conv2d, depthwise, "backward", dilation_ignored, "layer.weight"),
    ("gradients", Conv2d, columns, "_matrices", groups_in_reverse, "layer.weight"),
    ("gradients", Conv2d, columns, "_columns", groups_of_other_channels, "x1"),
    ("gradients", Conv2d, conv2d, "column_sums", bias_over_other_axes, "layer.bias"),
    ("gradients", Conv2d, conv2d, "column_sums", bias_of_the_first_sample, "layer.bias"),
    ("pieces", Conv2d, columns, "_add_up", halo_overwritten, "the gradient of x1 cut into small pieces"),
    ("pieces", Conv2d, bands, "met_rows", halo_row_not_met, "the output cut into small pieces"),
    ("pieces", Conv2d, winograd, "added_up", halo(0), "the gradient of x1 cut into small pieces"),
    ("pieces", Conv2d, winograd, "added_up", halo(2), "the gradient of x1 cut into small pieces"),
    ("pieces", Conv2d, winograd, "laid_out", last_tile_cut, "the output cut into small pieces"),
    ("definition", Conv2d, winograd, "kronecker", kronecker(transposed=0), "the output in float64"),
    ("definition", Conv2d, winograd, "kronecker", kronecker(b=((0, 2), -4)), "the output in float64"),
    ("definition", Conv2d, winograd, "kronecker", kronecker(g=((1, 1), 1 / 6)), "the output in float64"),
    ("definition", Conv2d, winograd, "kronecker", kronecker(a=((3, 4), 8)), "the output in float64"),
    ("definition", Conv2d, winograd, ("forward", "backward"), kernel_turned, "the output in float64"),
    ("definition", Conv2d, depthwise, ("forward", "backward"), kernel_turned, "the output in float64"),
    ("gradients", Conv2d, depthwise, "_input_gradient", not_turned, "x1"),
    ("gradients", Conv2d, depthwise, "_turned_pads", pads_not_turned, "x1"),
    ("gradients", Conv2d, depthwise, "_every", no_zeros_between, "x1"),
    ("pieces", Conv2d, depthwise, "_every", rows_of_another_band, "the gradient of x1 cut into small pieces"),
    ("gradients", Conv2d, depthwise, "_weights", weights_of_the_neighbour, "layer.weight"),
    ("torch", ConvTranspose2d, columns, "input_gradient", output_padding_first, "y is"),
    ("gradients", ConvTranspose2d, columns, "input_gradient", maps_exchanged, "layer.weight"),
    ("gradients", ConvTranspose2d, conv_transpose2d, "column_sums", bias_over_other_axes, "layer.bias"),
]


@pytest.mark.parametrize(
    ("check", "cls", "place", "name", "fault", "says"),
    FAULTS,
    ids=[
        f"{place.__name__.rpartition('.')[2]}-{fault.__qualname__}-{number}"
        for number, (_, _, place, _, fault, _) in enumerate(FAULTS)
    ],
)
def test_fault_in_a_convolution(monkeypatch, fails, on_torch, check, cls, place, name, fault, says):
    if place is depthwise:  # the examples that it does
        own = tuple(example for example in cls.examples() if example[0].get("groups") == 3)
        monkeypatch.setattr(cls, "examples", classmethod(lambda _: own))
    names = (name,) if isinstance(name, str) else name
    plain = tuple(getattr(place, one) for one in names)
    made = fault(plain) if len(names) > 1 else (fault(plain[0]),)
    for one, other in zip(names, made, strict=True):
        monkeypatch.setattr(place, one, other)
    fails(cls.__name__, on_torch(cls) if check == "torch" else layer_findings(cls), says)
