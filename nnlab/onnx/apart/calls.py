"""onnx's own functions of models, called here for tame models and in the helper process for any other."""

import atexit
from collections.abc import Mapping, Sequence
from typing import Any

from onnx import ModelProto, checker, shape_inference

from nnlab.onnx.apart.helper import Helper
from nnlab.onnx.apart.tame import is_tame
from nnlab.onnx.apart.tasks import TASKS, model

HELPER = Helper()
"""Of the calls that leave nothing behind."""

atexit.register(HELPER.close)


def infer_shapes(proto: ModelProto, **options: bool) -> ModelProto:
    """onnx's shape inference. Raises DataError: it crashed.  What onnx raises, else."""
    if is_tame(proto):
        return shape_inference.infer_shapes(proto, **options)
    return model(HELPER.call("infer_shapes", _bytes(proto), options, who="onnx's shape inference"))


def check(proto: ModelProto, *, full: bool = False) -> None:
    """onnx's checker. Options:  full: with its shape inference.  Raises as above."""
    if is_tame(proto):
        checker.check_model(proto, full_check=full)
    else:
        HELPER.call("check", _bytes(proto), full, who="onnx's checker")


def convert(proto: ModelProto, version: int) -> ModelProto:
    """onnx's version converter, which trusts what it is given. Raises as above."""
    return model(HELPER.call("convert", _bytes(proto), version, who="onnx's converter"))


def inline(proto: ModelProto, operators: Sequence[tuple[str, str]]) -> ModelProto:
    """onnx's inliner of operators that it defines by others. Raises as above."""
    return model(HELPER.call("inline", _bytes(proto), list(operators), who="onnx's inliner"))


def reference(proto: ModelProto, inputs: Mapping[str, Any], wanted: Sequence[str] | None = None) -> Sequence[Any]:
    """The outputs by onnx's reference evaluator. Raises as above; DataError also where it does not come to an end."""
    return _run("reference", proto, inputs, wanted, who="onnx's reference evaluator")


def run_once(proto: ModelProto, inputs: Mapping[str, Any], wanted: Sequence[str]) -> Sequence[Any]:
    """The outputs by onnxruntime, nothing in the model rearranged. Raises as above."""
    return _run("onnxruntime", proto, inputs, wanted, who="onnxruntime")


def _run(
    task: str, proto: ModelProto, inputs: Mapping[str, Any], wanted: Sequence[str] | None, *, who: str
) -> Sequence[Any]:
    given = (_bytes(proto), dict(inputs), wanted)
    found: Sequence[Any] = TASKS[task](*given) if is_tame(proto) else HELPER.call(task, *given, who=who)
    return found


def _bytes(proto: ModelProto) -> bytes:
    return bytes(proto.SerializeToString())
