"""Loops that need not end, on engines that do not count their turns: those are not asked."""

from collections.abc import Mapping

from onnx import ModelProto

from nnlab.core.errors import NnlabError
from nnlab.onnx.apart.endless import holds_loop
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.read import checked
from nnlab.onnx.ops.base import Value


def why_not_asked(model: ModelProto, inputs: Mapping[str, Value]) -> str | None:
    """Why engines that do not count turns are left alone: the hand-written one, which counts, cannot run the model.

    None where it can, or where no Loop is.
    """
    if not holds_loop(model):
        return None
    try:
        NumpyModel(checked(model)).run(inputs)
    except NnlabError as error:
        return f"is not asked: it has a Loop, and nothing says that it ends ({error.what})"
    return None
