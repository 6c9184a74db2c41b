"""The order in which a graph's nodes run: every node after those that it reads; and what each is the last to read."""

from collections.abc import Collection, Mapping
from heapq import heappop, heappush

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


def last_read(inputs: Mapping[str, tuple[str, ...]], kept: Collection[str]) -> dict[str, list[str]]:
    """For every node: the names that nobody reads after it, of those that are not `kept`.

    Options:  inputs: by node, in the order in which they run, the names it reads.
    """
    last = {name: node for node, read in inputs.items() for name in read if name not in kept}
    return {node: [name for name in dict.fromkeys(read) if last.get(name) == node] for node, read in inputs.items()}


def nearest_hint(name: str, names: list[str]) -> str | None:
    """The hint for a name that is none of `names`; None when none is near."""
    near = nearest(name, names)
    return did_you_mean(near) if near else None


def _sorted(inputs: Mapping[str, tuple[str, ...]], source: str) -> list[str]:
    """Of the nodes that may run, always the one that was given first: so a chain given in order stays in order."""
    names = list(inputs)
    readers: dict[str, list[int]] = {name: [] for name in (source, *names)}
    missing = [len(set(inputs[name])) for name in names]  # how many of those that it reads have not run yet
    for place, name in enumerate(names):
        for other in set(inputs[name]):
            readers[other].append(place)
    order: list[str] = []
    ready = [place for place, left in enumerate(missing) if not left]  # a heap of places

    def done(name: str) -> None:
        for place in readers[name]:
            missing[place] -= 1
            if not missing[place]:
                heappush(ready, place)

    done(source)
    while ready:
        order.append(names[heappop(ready)])
        done(order[-1])
    if len(order) < len(names):
        waiting = [name for name, left in zip(names, missing, strict=True) if left]
        raise UsageError("reads its own output, in a circle", where=f"node {_on_a_circle(waiting, inputs)!r}")
    return order


def _on_a_circle(waiting: list[str], inputs: Mapping[str, tuple[str, ...]]) -> str:
    """Walks upstream from any waiting node until one is met again: that one is on a circle, not just behind one."""
    name, seen = waiting[0], set[str]()
    while name not in seen:
        seen.add(name)
        name = next(other for other in inputs[name] if other in waiting)
    return name
