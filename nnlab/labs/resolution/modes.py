"""What of a network a way to tune it lets learn, and so which tensors may change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.registry import did_you_mean, nearest
from nnlab.layers.batch_norm import BatchNorm
from nnlab.models.freezing import head_nodes
from nnlab.models.graph import Graph

NONE, STATISTICS, ALL, HEAD, NORM = "none", "statistics", "all", "head", "norm"
DEFAULT = (NONE, STATISTICS, HEAD, "norm+head", ALL)


@dataclass(frozen=True)
class Mode:
    """A way to tune.

    Options:  name: as it is written.  learning: parameters that learn.  changing: tensors that may change: these, and
              the running statistics of BatchNorms that learn, or of all where statistics alone are taken anew.
    """

    name: str
    learning: frozenset[str]
    changing: frozenset[str]

    @property
    def trains(self) -> bool:
        """Whether anything learns by steps."""
        return bool(self.learning)


def modes_of(words: Sequence[str], network: Graph) -> list[Mode]:
    """The modes of these names: none, statistics, all, or parts joined by +, each being head, norm or nodes (* for any
    letters).

    Raises:  UsageError or Mistakes: naming those that the network has nothing of.
    """
    found, mistakes = [], list[NnlabError]()
    for word in words:
        try:
            found.append(mode_of(word, network))
        except UsageError as error:
            mistakes.append(error)
    if mistakes:
        raise as_one(mistakes)
    return found


def mode_of(word: str, network: Graph) -> Mode:
    """One of them; the network stays as it is."""
    norms = {node.name for node in network.nodes if isinstance(node.layer, BatchNorm)}
    if word == NONE:
        return Mode(word, frozenset(), frozenset())
    if word == STATISTICS:
        _require(word, norms, "has no BatchNorm")
        return Mode(word, frozenset(), frozenset(_buffers(network, norms)))
    nodes = {node.name for node in network.nodes} if word == ALL else set(_nodes(word, network, norms))
    learning = {parameter.name for node in nodes for parameter in network.own_parameters(node)}
    _require(word, learning, "has nothing there that learns")
    return Mode(word, frozenset(learning), frozenset(learning | set(_buffers(network, nodes & norms))))


def _nodes(word: str, network: Graph, norms: set[str]) -> Iterator[str]:
    """The nodes of a mode that is put together of parts."""
    names = [node.name for node in network.nodes]
    for part in word.split("+"):
        if part == NORM:
            _require(word, norms, "has no BatchNorm")
            yield from norms
        elif part == HEAD:
            yield from head_nodes(network)
        else:
            matching = [name for name in names if fnmatchcase(name, part)]
            if not matching:
                near = nearest(part, [*DEFAULT, NORM, *names]) or list(DEFAULT)
                raise UsageError(f"the network has no nodes {part!r}", where=f"--modes={word}", hint=did_you_mean(near))
            yield from matching


def _require(word: str, there: set[str], what: str) -> None:
    if not there:
        raise UsageError(f"the network {what}", where=f"--modes={word}", hint="leave this mode out")


def _buffers(network: Graph, nodes: set[str]) -> Iterator[str]:
    """The names of running statistics."""
    for buffer in network.buffers:
        if network.node_of(buffer.name) in nodes:
            yield buffer.name
