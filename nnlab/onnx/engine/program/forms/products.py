"""Gemm and MatMul by constant weights."""

from functools import partial

import numpy as np

from nnlab.kernels.product import WORTH_THREADS, matrix_product
from nnlab.onnx.engine.program.rows import by_rows, repeated
from nnlab.onnx.engine.program.site import Bound, Call, Site
from nnlab.onnx.engine.program.table import form_of
from nnlab.onnx.engine.program.work import one_by_one
from nnlab.onnx.ops.gemm import Gemm
from nnlab.onnx.ops.mat_mul import MatMul


@form_of(MatMul)
def mat_mul(site: Site) -> Bound | None:
    """y = a b, of matrices."""
    a, b = site.inputs
    if a is None or b is None or not site.is_float or a.ndim < 2 or b.ndim < 2:
        return None
    y = site.array((*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]), a.dtype)
    if a.size * b.shape[-1] < WORTH_THREADS:
        return Bound((y,), partial(np.matmul, a, b, y))
    return Bound((y,), partial(matrix_product, a, b, out=y))


@form_of(Gemm)
def gemm(site: Site) -> Bound | None:
    """y = alpha a b + beta c"""
    operator, (a, b, c) = site.operator, (*site.inputs, None)[:3]
    assert isinstance(operator, Gemm) and a is not None and b is not None
    if not site.is_float or operator.alpha != 1 or operator.beta != 1 or a.ndim != 2 or b.ndim != 2:
        return None
    a, b = a.T if operator.transA else a, b.T if operator.transB else b
    y = site.array((len(a), b.shape[1]), a.dtype)
    if c is not None and np.broadcast_shapes(c.shape, y.shape) != y.shape:
        return None
    small = a.size * b.shape[1] < WORTH_THREADS
    calls: list[Call] = [partial(np.matmul, a, b, y) if small else partial(matrix_product, a, b, out=y)]
    if c is not None and site.known[2] and c.shape in {(y.shape[1],), (1, y.shape[1])}:
        calls += by_rows(np.add, y, repeated(c.reshape(-1)), y)
    elif c is not None:
        calls.append(lambda: np.add(y, c, out=y))
    return Bound((y,), one_by_one(calls))
