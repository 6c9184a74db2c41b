"""The order in which a graph's nodes run: every node after those that it reads."""

from collections.abc import Collection, Mapping

from nnlab.core.errors import UsageError
from nnlab.core.registry import did_you_mean, nearest


def in_order(inputs: Mapping[str, tuple[str, ...]], source: str, heads: Collection[str] = ()) -> list[str]:
    """The names of `inputs`, each after all that it reads, the output last; otherwise as they were given.

    Options:  inputs: by node, the names it reads.  source: the name of the network's input.
              heads: nodes that are outputs; where none is named it is the one that nobody reads.
    Raises:  UsageError: no nodes at all; a name that is no node; nodes that read themselves in a circle; nodes
             that nobody reads and that are no outputs.
    """
    if not inputs:
        raise UsageError("the network has no nodes", hint="add a layer first")
    for name, read in inputs.items():
        for missing in (other for other in read if other != source and other not in inputs):
            hint = nearest_hint(missing, [source, *inputs])
            raise UsageError(f"reads {missing!r}, which is no node", where=f"node {name!r}", hint=hint)
    order = _sorted(inputs, source)
    read_by_others = {other for read in inputs.values() for other in read}
    unread = [name for name in order if name not in read_by_others]
    outputs = list(heads) or [next(name for name in reversed(list(inputs)) if name in unread)]
    unused = next((name for name in unread if name not in outputs), None)
    if unused is not None:
        raise UsageError(
            "nobody reads its output",
            where=f"node {unused!r}",
            hint=f"connect it to the output, {outputs[0]!r}, or leave it out",
        )
    return order


def nearest_hint(name: str, names: list[str]) -> str | None:
    """The hint for a name that is none of `names`; None when none is near."""
    near = nearest(name, names)
    return did_you_mean(near) if near else None


def _sorted(inputs: Mapping[str, tuple[str, ...]], source: str) -> list[str]:
    order: list[str] = []
    done = {source}
    waiting = list(inputs)
    while waiting:
        ready = [name for name in waiting if done.issuperset(inputs[name])]
        if not ready:
            raise UsageError("reads its own output, in a circle", where=f"node {_on_a_circle(waiting, inputs)!r}")
        if len(ready) == len(waiting):
            return order + ready
        order.append(ready[0])  # one at a time, so that a chain given in order stays in order
        done.add(ready[0])
        waiting.remove(ready[0])
    return order


def _on_a_circle(waiting: list[str], inputs: Mapping[str, tuple[str, ...]]) -> str:
    """Walks upstream from any waiting node until one is met again: that one is on a circle, not just behind one."""
    name, seen = waiting[0], set[str]()
    while name not in seen:
        seen.add(name)
        name = next(other for other in inputs[name] if other in waiting)
    return name
