"""What a window meets of an image, along one axis: padding is never laid out, what falls into it is left out."""

from typing import NamedTuple

from nnlab.kernels.window import Window


class Met(NamedTuple):
    """What one element of the kernel meets.

    Options:  outputs: the positions where it is inside the image.  places: what it meets there.
    """

    outputs: slice
    places: slice


def reach(window: Window, axis: int) -> int:
    """How many places a window spans along an axis, holes of a dilation included."""
    return window.dilations[axis] * (window.kernel[axis] - 1) + 1


def met(window: Window, axis: int, length: int, outputs: slice, first: int = 0) -> list[Met]:
    """For each element of the kernel along an axis: which of some outputs it is inside for, and the places there.

    Options:  length: of the image, or of what is looked at of it.  first: the place that this begins at.
              outputs: the positions looked at; those of the result are counted from the first of them.
    """
    stride, dilation, (before, _) = window.strides[axis], window.dilations[axis], window.pads[axis]
    found = []
    for element in range(window.kernel[axis]):
        offset = element * dilation - before - first
        start = max(outputs.start, -(offset // stride))  # the first whose place is not before 0
        stop = min(outputs.stop, (length - 1 - offset) // stride + 1)
        if start >= stop:
            found.append(Met(slice(0, 0), slice(0, 0)))
            continue
        places = slice(start * stride + offset, (stop - 1) * stride + offset + 1, stride)
        found.append(Met(slice(start - outputs.start, stop - outputs.start), places))
    return found


def looking(window: Window, axis: int, out_length: int, places: slice) -> slice:
    """The outputs from the first to the last whose windows reach some places of the image."""
    stride, (before, _) = window.strides[axis], window.pads[axis]
    first = min(max(0, -(-(places.start + before - reach(window, axis) + 1) // stride)), out_length)
    return slice(first, max(first, min(out_length, (places.stop - 1 + before) // stride + 1)))


def apart(window: Window, axis: int) -> bool:
    """Whether no place is met twice along an axis: windows do not overlap."""
    return window.strides[axis] >= reach(window, axis)


def covering(window: Window, axis: int, length: int, out_length: int) -> bool:
    """Whether every place is met, and once, along an axis."""
    stride, (before, _) = window.strides[axis], window.pads[axis]
    return stride == window.kernel[axis] and apart(window, axis) and not before and length == stride * out_length
