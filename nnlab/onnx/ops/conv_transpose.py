"""ConvTranspose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnlab.core.types import Array, Shape
from nnlab.kernels.convolution import Window, convolve, convolve_dw, convolve_dx, inner
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.sizes import upsampled_images
from nnlab.onnx.ops.windowed import Windowed
from nnlab.onnx.precision import like, wide


@OPERATORS.register("ConvTranspose", since=(1, 11, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class ConvTranspose(Windowed):
    """y[n, m, i strides + k dilations - pads] += w[c, m, k] x[n, c, i]: the gradient of Conv with respect to its input.

    Shapes:  x: (batch, channels, *size); w: (channels, maps / group, *kernel); y: (batch, maps, *out_size) with
             out_size = strides (size - 1) + output_padding + dilations (kernel - 1) + 1 - pads before - pads after
    Gradient:  dx = Conv(dy, w);  dw = that of Conv, x and dy in each other's place;  db = sum of dy
    Options:  output_shape: out_size itself, from which the padding follows.
    """

    weighted = True
    most_elements = upsampled_images

    group: int = 1
    output_padding: tuple[int, ...] = ()
    output_shape: tuple[int, ...] = ()

    def placed(self, size: Sequence[int], kernel: Sequence[int]) -> tuple[Window, Shape]:
        """The window that moves over the output, and the output's size."""
        given = replace(self, auto_pad="NOTSET")
        window = given.window(size, kernel, groups=self.group)
        extra = self.output_padding or (0,) * len(size)
        full = [
            s * (n - 1) + more + d * (k - 1) + 1
            for n, k, s, d, more in zip(size, window.kernel, window.strides, window.dilations, extra, strict=True)
        ]
        wanted = self.output_shape[-len(size) :]
        if not wanted and self.auto_pad.startswith("SAME"):
            wanted = tuple(n * s for n, s in zip(size, window.strides, strict=True))
        if not wanted:
            return window, tuple(n - sum(pads) for n, pads in zip(full, window.pads, strict=True))
        return replace(window, pads=tuple(map(self._shares, full, wanted))), wanted

    def _shares(self, full: int, wanted: int) -> tuple[int, int]:
        """How much is cut off before and after; an output larger than what there is gets the rest as zeros after."""
        total = max(full - wanted, 0)
        less, more = total // 2, total - total // 2
        return (less, more) if self.auto_pad == "SAME_UPPER" else (more, less)

    def forward(self, x: Array, w: Array, b: Array | None = None) -> Array:
        """y"""
        window, out_size = self.placed(x.shape[2:], w.shape[2:])
        y = convolve_dx(wide(x), wide(w), window, out_size)
        if b is not None:
            y += wide(b).reshape(-1, *[1] * (y.ndim - 2))
        return like(y, x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dw and db"""
        dy, x, w = wide(dys[0]), wide(inputs[0]), wide(inputs[1])
        window, _ = self.placed(x.shape[2:], w.shape[2:])
        dx = convolve(dy, w, window)[inner(x.shape[2:], [(0, 0)] * (x.ndim - 2))]  # a larger output has more windows
        dw = convolve_dw(x, dy, window)
        return self.with_bias(like(dx, inputs[0]), like(dw, inputs[1]), dy, inputs)
