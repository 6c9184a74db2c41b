"""Rungs of nnlab's own engine on NumPy."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from onnx import load

from nnlab.core.types import Array
from nnlab.kernels.threads import at_most_threads, one_blas_thread
from nnlab.onnx.engine.chaining import chained
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.engine.fusing import fused
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.program.programs import Programs
from nnlab.onnx.file.read import model_of
from nnlab.onnx.rungs.base import Files, Ready, Run, Rung
from nnlab.onnx.rungs.gone import operators
from nnlab.onnx.rungs.ort_rungs import changed


def _plan(path: Path) -> Plan:
    found = NumpyModel(model_of(path.read_bytes())).plan
    return found.quick or found


def _steps(files: Files) -> Ready:
    """Node by node, an array for each output."""
    plan = _plan(files.model)
    (name,) = plan.inputs

    def run(x: Array) -> list[Array]:
        with np.errstate(all="ignore"), at_most_threads(files.threads), one_blas_thread():
            return [np.asarray(y) for y in plan.run(numpy_compute, {name: x})]

    return Ready(run, files.model, operators(load(files.model)))


def programmed(plan: Plan, threads: int) -> Run:
    """A plan laid out in memory that is kept from call to call."""
    programs = Programs(plan, numpy_compute)
    (name,) = plan.inputs

    def run(x: Array) -> list[Array]:
        with np.errstate(all="ignore"), at_most_threads(threads), one_blas_thread():
            return [np.array(y) for y in programs.run({name: x})]  # copies: the memory is used again

    return run


def _buffers(files: Files) -> Ready:
    return Ready(programmed(_plan(files.model), files.threads), files.model, operators(load(files.model)))


def _folded(files: Files) -> Ready:
    path = changed(files, "batch-norm")
    return Ready(programmed(_plan(path), files.threads), path, operators(load(path)))


def _fused(files: Files) -> Ready:
    path = changed(files, "batch-norm")
    plan = _plan(path)
    drawn = fused(chained(replace(plan, quick=None)))
    names = [type(step.operator).__name__ for step in drawn.steps]
    return Ready(programmed(drawn, files.threads), path, {name: names.count(name) for name in sorted(set(names))})


def _int8(files: Files) -> Ready:
    path = files.int8["u8s8"]
    plan = _plan(path)
    return Ready(programmed(plan, files.threads), path, operators(load(path)))


RUNGS = (
    Rung("numpy-columns", "numpy", "columns and one matrix product, node by node", _steps),
    Rung("numpy-buffers", "numpy", "buffers kept from call to call", _buffers, "numpy-columns"),
    Rung("numpy-folded", "numpy", "BatchNorm folded, Transposes cancelled", _folded, "numpy-buffers"),
    Rung("numpy-fused", "numpy", "ReLU and additions fused into convolutions", _fused, "numpy-folded"),
    Rung("numpy-int8", "numpy", "int8 simulated (U8S8)", _int8, "numpy-fused", "int8"),
)
