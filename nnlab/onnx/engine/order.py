"""The nodes of a graph in an order in which they can run."""

from nnlab.core.errors import DataError
from nnlab.onnx.file.views import GraphView, NodeView


def in_order(view: GraphView, given: frozenset[str] | set[str]) -> list[NodeView]:
    """The nodes, each after those that it reads. Files list them so; others are sorted.

    Raises:  DataError: for names that nothing gives, a name given twice, or a cycle.
    """
    makers: dict[str, NodeView] = {}
    for node in view.nodes:
        for name in node.outputs:
            if name and (name in makers or name in view.initializers):
                raise DataError(f"two nodes give {name!r}", where=f"node {node.name}")
            makers[name] = node
    done, order, known = set(), [], set(given)
    for root in view.nodes:
        stack = [root]
        path: set[int] = set()
        while stack:
            node = stack[-1]
            if id(node) in done:
                stack.pop()
                continue
            waiting = [
                makers[n] for n in _needs(node) if n and n not in known and n in makers and makers[n] is not node
            ]
            lost = [n for n in node.inputs if n and n not in known and n not in makers]
            if lost:
                raise DataError(f"reads {lost[0]!r}, which nothing gives", where=f"node {node.name}")
            if not waiting and not any(n in node.outputs for n in node.inputs if n):
                order.append(node)
                known.update(node.outputs)
                done.add(id(node))
                stack.pop()
            elif id(node) in path:
                raise DataError("reads what is made from its own output (a cycle)", where=f"node {node.name}")
            else:
                path.add(id(node))
                stack.extend(waiting)
    for value in view.outputs:
        if value.name not in known:
            raise DataError(f"output {value.name!r} is given by nothing", where=f"graph {view.name}")
    return order


def _needs(node: NodeView) -> list[str]:
    """What a node reads, graphs inside it included."""
    names = [name for name in node.inputs if name]
    for value in node.attributes.values():
        if isinstance(value, GraphView):
            names += [name for inner in value.nodes for name in _needs(inner)]
            names += [output.name for output in value.outputs]
    return names
