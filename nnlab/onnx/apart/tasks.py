"""What is done with models that machine code may not survive: here, and in the helper process, alike."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from onnx import ModelProto, checker, inliner, shape_inference, version_converter

from nnlab.onnx.apart.endless import holds_loop
from nnlab.onnx.apart.sessions import open_session, run_session

Function = Callable[..., Any]


def infer_shapes(data: bytes, options: Mapping[str, bool]) -> bytes:
    """The model with the shapes that onnx infers."""
    return bytes(shape_inference.infer_shapes(model(data), **options).SerializeToString())


def check(data: bytes, full: bool = False) -> None:
    """onnx's checker. Options:  full: with its shape inference."""
    checker.check_model(model(data), full_check=full)


def convert(data: bytes, version: int) -> bytes:
    """The model as one of another version of ONNX's operators."""
    return bytes(version_converter.convert_version(model(data), version).SerializeToString())


def inline(data: bytes, operators: Sequence[tuple[str, str]]) -> bytes:
    """The model with these operators replaced by ONNX's definitions of them."""
    whole = inliner.inline_selected_functions(model(data), list(operators), inline_schema_functions=True)
    return bytes(whole.SerializeToString())


def reference(data: bytes, inputs: Mapping[str, Any], wanted: Sequence[str] | None) -> list[Any]:
    """The outputs by onnx's reference evaluator."""
    from onnx.reference import ReferenceEvaluator

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return list(ReferenceEvaluator(model(data)).run(None if wanted is None else list(wanted), dict(inputs)))


def onnxruntime(data: bytes, inputs: Mapping[str, Any], wanted: Sequence[str]) -> list[Any]:
    """The outputs of a model that is run once by onnxruntime, nothing in it rearranged."""
    proto = model(data)
    return list(run_session(open_session(data, threads=0, plain=True), inputs, wanted, loops=holds_loop(proto)))


def open_kept(data: bytes, threads: int) -> None:
    """Opens the session of this process on onnxruntime."""
    _KEPT["session"] = open_session(data, threads=threads)


def run_kept(inputs: Mapping[str, Any], loops: bool, where: str | None) -> list[Any]:
    """The outputs of the session that was opened."""
    return list(run_session(_KEPT["session"], inputs, loops=loops, where=where))


def model(data: bytes) -> ModelProto:
    """The model of these bytes."""
    proto = ModelProto()
    proto.ParseFromString(data)
    return proto


_KEPT: dict[str, Any] = {}

TASKS: Mapping[str, Function] = {
    function.__name__: function
    for function in (infer_shapes, check, convert, inline, reference, onnxruntime, open_kept, run_kept)
}
