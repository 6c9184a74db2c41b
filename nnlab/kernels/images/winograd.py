"""Convolution by Winograd's algorithm F(4x4, 3x3): a second form of 3x3 kernels that move by one pixel.

A tile of 6x6 inputs gives 4x4 outputs with 36 products for each channel and map instead of 144:

    y = A' [ (G w G') * (B' d B) ] A          d: the tile, 6x6; w: the kernel, 3x3; * element by element

A tile as a vector of 36 is transformed by one matrix: B' d B is KB d with KB = kron(B', B'), and so on. So everything
is a matrix product, and everything is linear; the gradient is the same steps turned round:

    U = KG w           (36, channels, maps)            dw = KG' dU
    V = KB d           (36, tiles, channels)           dd = KB' dV       added up where tiles overlap
    M[i] = V[i] U[i]   (36, tiles, maps)               dU[i] = V[i]' dM[i];  dV[i] = dM[i] U[i]'
    y = KA M           (16, tiles, maps)               dM = KA' dy

All of it is done to bands of tiles that stay in the processor's cache. V is not kept for backward: to lay it out again
takes less time than to fetch from memory what is more than twice the image.

Error:  the entries of KB and KA let sums grow before they cancel. In float32 the result is within 1e-4 of the largest
        value (2e-6 to 4e-5 were measured), where columns are within 1e-5. In float64 both agree within 1e-11.
Source:  Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016.
"""

from functools import lru_cache, partial
from math import prod
from typing import Any

import numpy as np

from nnlab.core.types import Array, Empty, Shape
from nnlab.kernels.images.bands import Band, over_bands, summed
from nnlab.kernels.images.tiles import INPUTS, OUTPUTS, SIDE, Memory, Tiles, added_up, laid_out, put_back, taken_apart
from nnlab.kernels.product import matrix_product
from nnlab.kernels.window import Window

__all__ = ["ROUNDING", "SIDE", "backward", "fits", "forward", "kernel_transformed", "kronecker"]

ROUNDING = 100.0
"""Units of rounding of the largest value that results are off by, about: 19 to 119 were measured in either dtype, with
3 to 512 channels, where columns have 1 to 5."""

B = np.array(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
).T
"""Of six inputs the values that are multiplied: polynomials at the points 0, 1, -1, 2, -2 and infinity, by B'."""

G = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
"""Of a kernel of three, the polynomial with these coefficients, its values at the same points, scaled for a whole B."""

A = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]).T
"""Of the six products the four outputs, by A'."""


@lru_cache(maxsize=8)
def kronecker(dtype: Any) -> tuple[Array, Array, Array]:
    """KB (36, 36), KG (36, 9), KA (16, 36)"""
    kb, kg, ka = (np.kron(matrix, matrix).astype(dtype) for matrix in (B.T, G, A.T))
    return kb, kg, ka


def fits(window: Window) -> bool:
    """Whether a convolution is one that this form can do."""
    return window.kernel == (3, 3) and {window.strides, window.dilations} == {(1, 1)} and window.groups == 1


def forward(x: Array, w: Array, window: Window, *, bias: Array | None = None, empty: Empty = np.empty) -> Array:
    """y = KA [ (KG w) (KB d) ] + bias"""
    maps = w.shape[3]
    tiles = Tiles.of(x.shape, maps, window, x.itemsize)
    kb, _, ka = kronecker(x.dtype)
    u = kernel_transformed(w, empty)
    y = empty((len(x), *tiles.out_size, maps), x.dtype)

    def work(band: Band, memory: Memory) -> None:
        d = laid_out(x, tiles, band, memory.image, memory.first)
        v = np.matmul(kb, d, out=_like(d, memory.second)).reshape(INPUTS, -1, tiles.channels)
        m = np.matmul(v, u, out=_shaped((INPUTS, v.shape[1], maps), memory.first)).reshape(INPUTS, -1)
        outputs = np.matmul(ka, m, out=_shaped((OUTPUTS, m.shape[1]), memory.second))
        put_back(outputs, tiles, band, memory.image, y, bias)

    over_bands(tiles.parts, partial(tiles.memory, 2, 0, x.dtype, empty), work)
    return y


def backward(
    dy: Array, x: Array, w: Array, window: Window, *, needs_dx: bool = True, empty: Empty = np.empty
) -> tuple[Array, Array | None]:
    """dw = KG' dU, and dx of KB' dV."""
    tiles = Tiles.of(x.shape, w.shape[3], window, x.itemsize)
    kb, kg, ka = kronecker(x.dtype)
    dx = empty(x.shape, dy.dtype) if needs_dx else None
    u = kernel_transformed(w, empty) if needs_dx else None
    du = empty((len(tiles.parts), INPUTS, *w.shape[2:]), dy.dtype)
    again = any(len(part) > 1 for part in tiles.parts)  # else no product is added to another

    def work(band: Band, memory: Memory) -> None:
        outputs = taken_apart(dy, tiles, band, memory.image, memory.second)
        dm = np.matmul(ka.T, outputs, out=_shaped((INPUTS, outputs.shape[1]), memory.first))
        dm = dm.reshape(INPUTS, -1, tiles.maps)
        d = laid_out(x, tiles, band, memory.image, memory.second)
        v = np.matmul(kb, d, out=_like(d, memory.third)).reshape(INPUTS, -1, tiles.channels)
        if band is tiles.parts[band.part][0]:
            np.matmul(v.transpose(0, 2, 1), dm, out=du[band.part])
        else:
            du[band.part] += np.matmul(v.transpose(0, 2, 1), dm, out=memory.product.reshape(du.shape[1:]))
        if dx is not None and u is not None:
            dv = np.matmul(dm, u.transpose(0, 2, 1), out=_like(v, memory.second)).reshape(INPUTS, -1)
            dd = np.matmul(kb.T, dv, out=_like(dv, memory.third))
            added_up(dd, tiles, band, memory.image, dx)

    over_bands(tiles.parts, partial(tiles.memory, 3, du[0].size if again else 0, dy.dtype, empty), work, apart=False)
    return matrix_product(kg.T, summed(du).reshape(INPUTS, -1), empty=empty).reshape(w.shape), dx


def kernel_transformed(w: Array, empty: Empty = np.empty) -> Array:
    """U = KG w.  Shapes:  result: (36, channels, maps)"""
    u = empty((INPUTS, *w.shape[2:]), w.dtype)
    matrix_product(kronecker(w.dtype)[1], w.reshape(9, -1), out=u.reshape(INPUTS, -1), empty=empty)
    return u


def _shaped(shape: Shape, memory: Array) -> Array:
    """The beginning of some memory, in a shape."""
    return memory[: prod(shape)].reshape(shape)


def _like(array: Array, memory: Array) -> Array:
    return _shaped(array.shape, memory)
