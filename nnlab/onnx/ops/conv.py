"""Conv."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.kernels.convolution import convolve, convolve_dw, convolve_dx
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.windowed import Windowed
from nnlab.onnx.precision import like, wide


@OPERATORS.register("Conv", since=(1, 11, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Conv(Windowed):
    """y[n, m, o] = b[m] + sum over c, k of w[m, c, k] x[n, c, o strides + k dilations - pads]

    Shapes:  x: (batch, channels, *size); w: (maps, channels / group, *kernel); b: (maps,); y: (batch, maps, *out_size)
    Gradient:  the transposed products (kernels/convolution.py);  db = sum of dy over batch and positions
    """

    weighted = True
    weights_at = 1

    group: int = 1

    def forward(self, x: Array, w: Array, b: Array | None = None) -> Array:
        """y"""
        window = self.window(x.shape[2:], w.shape[2:], groups=self.group)
        return like(convolve(wide(x), wide(w), window, bias=wide(b)), x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dw and db"""
        dy, x, w = wide(dys[0]), wide(inputs[0]), wide(inputs[1])
        window = self.window(x.shape[2:], w.shape[2:], groups=self.group)
        dx = like(convolve_dx(dy, w, window, x.shape[2:]), inputs[0])
        dw = like(convolve_dw(dy, x, window), inputs[1])
        return self.with_bias(dx, dw, dy, inputs)
