"""What a rung is: a name, one change, the bound that it is held to, and how it is made ready."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nnlab.core.types import Array

Gate = Literal["float", "half", "int8"]
"""float: 1e-4 of the largest output.  half: top-1 agreement of 99%, no accuracy lost that chance does not explain.
int8: no more accuracy lost than allowed, nor more than chance explains."""

Run = Callable[[Array], Sequence[Array]]
"""All outputs for a batch."""


@dataclass(frozen=True)
class Files:
    """What rungs are made of: files in a folder, by what they are.

    Options:  model: the float file as it came.  int8: files of 8 bits, by their kind.  folder: for what a rung makes.
              example: one sample's inputs, as the model takes them, for what is traced or compiled.
    """

    model: Path
    int8: Mapping[str, Path]
    folder: Path
    example: Array
    threads: int = 1


@dataclass(frozen=True, eq=False)
class Ready:
    """A rung that can run.

    Options:  file: whose size counts; None where there is none.  nodes: by operator, where it has a graph.
              timed: makes one call and gives its milliseconds and whether it was disturbed, where a rung runs in a
              process of its own; None: the caller takes the time.  logits: whether outputs lack their softmax.
              close: lets go of what outlives the process.
    """

    run: Run
    file: Path | None = None
    nodes: Mapping[str, int] = field(default_factory=dict)
    timed: Callable[[], tuple[float, bool]] | None = None
    logits: bool = False
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True, eq=False)
class Rung:
    """One change.

    Options:  name: how it is asked for.  engine: what runs it.  title: the change, in words.
              after: the rung that it differs from by one thing; None of an engine's first.
              gate: what it is held to.  open: makes it ready.  Raises NnlabError: where this machine cannot.
              trap: whether it is a mistake that is made often, shown for what it costs.
              any_batch: whether it runs batches of other sizes than it was made for.
      once: whether making it ready is a preparation as a whole (compiling), done once before.
      judged: whether it answers the test pictures; else what it gives is the same as of the rung before, or nothing.
      spins: whether its threads wait for work by spinning.  needs: what it takes, as --require names it.
    """

    name: str
    engine: str
    title: str
    open: Callable[[Files], Ready]
    after: str | None = None
    gate: Gate = "float"
    trap: bool = False
    any_batch: bool = True
    once: bool = False
    judged: bool = True
    spins: bool = False
    needs: str = ""


def by_name(rungs: Iterable[Rung]) -> dict[str, Rung]:
    """Rungs by their names, in their order."""
    return {rung.name: rung for rung in rungs}
