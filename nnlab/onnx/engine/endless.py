"""Loops that need not end, on engines that do not count their turns."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from onnx import AttributeProto, ModelProto, NodeProto

from nnlab.core.errors import DataError, NnlabError
from nnlab.onnx.file.read import checked
from nnlab.onnx.limits import SECONDS_VARIABLE, seconds_limit
from nnlab.onnx.ops.base import Value

LEFT_ALONE = frozenset({"reference", "onnxruntime", "torch"})
"""Engines that are not asked where the hand-written one has not come to an end: two count no turns (the reference
evaluator cannot be ended at all), torch would count the same ones and take minutes."""


def holds_loop(model: ModelProto) -> bool:
    """Whether there is a Loop in it, in graphs inside nodes and in its functions as well."""
    return any(map(node_loops, (*model.graph.node, *(node for function in model.functions for node in function.node))))


def node_loops(node: NodeProto) -> bool:
    """Whether a node is a Loop or has one inside."""
    return node.op_type == "Loop" or any(
        node_loops(inner)
        for attribute in node.attribute
        if attribute.type in {AttributeProto.GRAPH, AttributeProto.GRAPHS}
        for graph in (attribute.g, *attribute.graphs)
        for inner in graph.node
    )


def why_not_asked(model: ModelProto, inputs: Mapping[str, Value]) -> str | None:
    """Why engines that do not count turns are left alone: the hand-written one, which counts, cannot run the model.

    None where it can, or where no Loop is.
    """
    if not holds_loop(model):
        return None
    from nnlab.onnx.engine.execute import NumpyModel

    try:
        NumpyModel(checked(model)).run(inputs)
    except NnlabError as error:
        return f"is not asked: it has a Loop, and nothing says that it ends ({error.what})"
    return None


@dataclass
class Watched:
    """A run of onnxruntime that is ended after a while.

    Options:  options: its RunOptions.  seconds: the while.  ended: whether that came about.
    """

    options: Any
    seconds: float
    ended: bool = False

    def end(self) -> None:
        """Tells it to end; onnxruntime looks at it before every node."""
        self.ended = True
        self.options.terminate = True

    def error(self, where: str | None) -> DataError:
        """What is said then."""
        what = f"its loops did not end after {self.seconds:g} seconds"
        return DataError(what, where=where, hint=f"set {SECONDS_VARIABLE} if they need more")


@contextmanager
def watched(options: Any) -> Iterator[Watched]:
    """Within it, a run with these RunOptions is ended after NNLAB_ONNX_SECONDS."""
    run = Watched(options, seconds_limit())
    timer = threading.Timer(run.seconds, run.end)
    timer.daemon = True
    timer.start()
    try:
        yield run
    finally:
        timer.cancel()
