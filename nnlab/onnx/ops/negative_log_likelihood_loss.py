"""NegativeLogLikelihoodLoss, and what SoftmaxCrossEntropyLoss has of it."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.unary import as_dtype, widened


@dataclass(frozen=True, kw_only=True, eq=False)
class Likelihood(Operator):
    """loss = mean, or sum, or each of -w[label] log_p[label]

    Shapes:  log_p: (batch, classes, ...); labels: (batch, ...); w: (classes,)
             loss: () or, without a reduction, that of labels
    Gradient:  dlog_p[label] = -w[label] dloss, over the sum of all w[label] for a mean;
               dw[c] = the sum of -log_p[c] dloss where c is the label, for a mean (-log_p[c] - loss) dloss / sum of w
    Options:  reduction: "mean" (weighted by w), "sum" or "none".  ignore_index: a label that counts nothing.
    """

    ignore_index: int | None = None
    reduction: str = "mean"

    def losses(self, log_p: Array, labels: Array, w: Array | None) -> tuple[Array, Array]:
        """-log_p[label] and w[label], 0 where the label is ignored, both of the shape of labels."""
        counted = self.counted(labels)
        safe = np.where(counted, labels, 0)
        picked = -np.take_along_axis(log_p, safe[:, None], axis=1)[:, 0]
        weights = np.ones(labels.shape, log_p.dtype) if w is None else widened(w)[safe]
        return picked, np.where(counted, weights, np.zeros((), weights.dtype))

    def counted(self, labels: Array) -> Array:
        """Where the label is not ignored."""
        return np.ones(labels.shape, bool) if self.ignore_index is None else np.asarray(labels != self.ignore_index)

    def loss(self, log_p: Array, labels: Array, w: Array | None) -> Array:
        """loss"""
        picked, weights = self.losses(log_p, labels, w)
        each = np.where(weights == 0, 0, picked * weights)
        if self.reduction == "none":
            return each
        return np.asarray(each.sum() / weights.sum() if self.reduction == "mean" else each.sum())

    def loss_gradients(self, dloss: Array, log_p: Array, labels: Array, w: Array | None) -> tuple[Array, Array | None]:
        """dlog_p, dw"""
        picked, weights = self.losses(log_p, labels, w)
        share = dloss / weights.sum() if self.reduction == "mean" else dloss
        counted = self.counted(labels)
        safe = np.where(counted, labels, 0)
        dlog_p = np.zeros_like(log_p)
        np.put_along_axis(dlog_p, safe[:, None], np.asarray(-weights * share)[:, None], axis=1)
        if w is None:
            return dlog_p, None
        per_label = picked - self.loss(log_p, labels, w) if self.reduction == "mean" else picked
        dw = np.zeros(w.shape, log_p.dtype)
        np.add.at(dw, safe[counted], np.broadcast_to(per_label * share, labels.shape)[counted])
        return dlog_p, as_dtype(dw, w.dtype)


@OPERATORS.register("NegativeLogLikelihoodLoss", since=(12, 13, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class NegativeLogLikelihoodLoss(Likelihood):
    """loss = mean, or sum, or each of -w[label] x[label], x being logarithms of probabilities; see Likelihood

    Shapes:  x: (batch, classes, ...); labels: (batch, ...); w: (classes,)
    """

    halves = "widened"

    def forward(self, x: Array, labels: Array, w: Array | None = None) -> Array:
        """loss"""
        return as_dtype(self.loss(widened(x), labels, w), x.dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, None, dw"""
        x, labels, w = (*inputs, None)[:3]
        dx, dw = self.loss_gradients(widened(dys[0]), widened(x), labels, w)
        return (as_dtype(dx, x.dtype), None, dw)[: len(inputs)]
