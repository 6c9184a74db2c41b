"""How a window moves over an image, as a layer's options say it."""

from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.types import Shape
from nnlab.kernels.window import Window

Sides = int | tuple[int, int]
"""One number for both axes of an image, or one for its height and one for its width."""

Padding = int | tuple[int, ...] | str
"""Rows and columns of padding around an image: one number, (height, width), (top, bottom, left, right), "valid", none,
or "same", as many as give ceil(size / stride) windows along each axis, an odd one at the end (ONNX's SAME_UPPER)."""


def sides(value: Sides) -> tuple[int, int]:
    """(height, width)"""
    return value if isinstance(value, tuple) else (value, value)


def window_over(
    size: Shape, *, kernel: Sides, stride: Sides = 1, padding: Padding = 0, dilation: Sides = 1, groups: int = 1
) -> Window:
    """The window that these options mean on an image of (height, width).

    Raises:  UsageError: padding is none of the forms it may have, or less than none.
    """
    refuse_negative(padding, hint="a Pad before it cuts rows and columns off")
    kernels, strides, dilations = sides(kernel), sides(stride), sides(dilation)
    reaches = tuple(d * (k - 1) + 1 for k, d in zip(kernels, dilations, strict=True))
    return Window(kernels, strides, dilations, pads_of(padding, size, reaches, strides), groups)


def refuse_negative(padding: Padding, *, hint: str) -> None:
    """Raises UsageError: padding of less than none."""
    if any(isinstance(n, int) and n < 0 for n in (padding if isinstance(padding, tuple) else (padding,))):
        raise UsageError(f"padding must be at least 0, got {padding!r}", hint=hint)


def pads_of(padding: Padding, size: Shape, reaches: Shape, strides: Shape) -> tuple[tuple[int, int], tuple[int, int]]:
    """((top, bottom), (left, right))

    Options:  reaches: over how many rows and columns the kernel reaches, holes of a dilation included.
    Raises:  UsageError: none of the forms of `Padding`.
    """
    if padding == "same":
        whole = (max(0, (-(-n // s) - 1) * s + r - n) for n, r, s in zip(size, reaches, strides, strict=True))
        (top, bottom), (left, right) = ((total // 2, total - total // 2) for total in whole)
        return (top, bottom), (left, right)
    if padding == "valid":
        return (0, 0), (0, 0)
    if isinstance(padding, int):
        return (padding, padding), (padding, padding)
    if isinstance(padding, tuple) and len(padding) == 2:
        return (padding[0], padding[0]), (padding[1], padding[1])
    if isinstance(padding, tuple) and len(padding) == 4:
        return (padding[0], padding[1]), (padding[2], padding[3])
    raise UsageError(
        f"padding is a number, (height, width), (top, bottom, left, right), 'same' or 'valid', got {padding!r}"
    )


def out_size_of(window: Window, size: Shape) -> Shape:
    """How many windows there are along each axis of an image of (height, width).

    Raises:  ShapeError: a kernel larger than the padded image, saying of which image.
    """
    try:
        return window.out_size(size)
    except ShapeError as error:
        image = " x ".join(map(str, size))
        raise ShapeError(f"{error.what}, of an image of {image}") from None


def image_of(in_shapes: tuple[Shape, ...], layer: str) -> tuple[int, int, int]:
    """(height, width, channels) of the one image that a layer takes for each sample.

    Raises:  ShapeError: if that is not what it was given.
    """
    if len(in_shapes) != 1 or len(in_shapes[0]) != 3:
        got = " and ".join(map(str, in_shapes))
        raise ShapeError(
            f"{layer} takes one image (height, width, channels) per sample, got {got}",
            hint="images come as they are with --no-flatten" if len(in_shapes) == 1 else None,
        )
    height, width, channels = in_shapes[0]
    return height, width, channels
