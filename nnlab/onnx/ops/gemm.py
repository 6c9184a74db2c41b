"""Gemm."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, reduced_to
from nnlab.onnx.precision import like, wide


@OPERATORS.register("Gemm", since=(6, 7, 9, 11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Gemm(Operator):
    """y = alpha a b + beta c, a and b transposed first where transA and transB are 1

    Shapes:  a: (rows, inner); b: (inner, columns); c: broadcast to y; y: (rows, columns)
    Gradient:  da = alpha dy bT;  db = alpha aT dy;  dc = beta dy, summed over what was broadcast
    """

    weighted = True
    weights_at = 1
    halves = "widened"

    alpha: float = 1.0
    beta: float = 1.0
    transA: int = 0
    transB: int = 0
    broadcast: int = 0

    def forward(self, a: Array, b: Array, c: Array | None = None) -> Array:
        """y"""
        y = matrix_product(wide(a).T if self.transA else wide(a), wide(b).T if self.transB else wide(b))
        if self.alpha != 1:
            y = like(y * self.alpha, y)
        if c is not None and self.beta != 0:
            y += like(c if self.beta == 1 else wide(c) * self.beta, y)
        return like(y, a)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """da, db and dc"""
        dy, a, b = wide(dys[0]), wide(inputs[0]), wide(inputs[1])
        straight_a, straight_b = a.T if self.transA else a, b.T if self.transB else b
        da = matrix_product(straight_b, dy.T) if self.transA else matrix_product(dy, straight_b.T)
        db = matrix_product(dy.T, straight_a) if self.transB else matrix_product(straight_a.T, dy)
        dcs = (None if c is None else like(reduced_to(dy * self.beta, c.shape), c) for c in inputs[2:])
        return like(da * self.alpha, inputs[0]), like(db * self.alpha, inputs[1]), *dcs

    def most_elements(self, inputs: Values) -> float:
        """Rows of A times columns of B, either turned."""
        rows = inputs[0].shape[1 if self.transA else 0]
        return float(rows * inputs[1].shape[0 if self.transB else 1])
