"""Loops that need not end: found in a model, and a run of onnxruntime ended that has one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from onnx import AttributeProto, ModelProto, NodeProto

from nnlab.core.errors import DataError
from nnlab.onnx.limits import SECONDS_VARIABLE, seconds_limit


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
