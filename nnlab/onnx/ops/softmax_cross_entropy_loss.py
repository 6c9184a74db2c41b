"""SoftmaxCrossEntropyLoss."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax_and_log
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.negative_log_likelihood_loss import Likelihood
from nnlab.onnx.ops.unary import as_dtype, widened


@OPERATORS.register("SoftmaxCrossEntropyLoss", since=(12, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class SoftmaxCrossEntropyLoss(Likelihood):
    """loss = mean, or sum, or each of -w[label] log_p[label],  log_p = x - log(sum(exp x)) over the classes

    Shapes:  x, log_p: (batch, classes, ...); labels: (batch, ...); w: (classes,)
    Outputs:  loss; log_p, where it is asked for
    Gradient:  dx = dlog_p - exp(log_p) sum(dlog_p), dlog_p of both outputs; dw: see Likelihood
    """

    halves = "widened"

    def forward(self, x: Array, labels: Array, w: Array | None = None) -> tuple[Array, ...]:
        """loss, log_p"""
        log_p = _log_softmax(widened(x))
        return (as_dtype(self.loss(log_p, labels, w), x.dtype), as_dtype(log_p, x.dtype))[: self.outputs]

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, None, dw"""
        (dloss, more), (x, labels, w) = (*dys, None)[:2], (*inputs, None)[:3]
        log_p = _log_softmax(widened(x))
        dlog_p, dw = np.zeros_like(log_p), None
        if dloss is not None:
            dlog_p, dw = self.loss_gradients(widened(dloss), log_p, labels, w)
        if more is not None:
            dlog_p = dlog_p + widened(more)
        dx = dlog_p - np.exp(log_p) * dlog_p.sum(axis=1, keepdims=True)
        return (as_dtype(dx, x.dtype), None, dw)[: len(inputs)]


def _log_softmax(x: Array) -> Array:
    rows = np.moveaxis(x, 1, -1)
    _, log_p = softmax_and_log(rows, np.empty_like(rows), np.empty_like(rows))
    return np.moveaxis(log_p, -1, 1)
