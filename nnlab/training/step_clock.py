"""How long each learning step took, and during which the system gave the processor to somebody else."""

import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from nnlab.core.quartiles import Quartiles
from nnlab.core.types import Array
from nnlab.training.clock import usage


class StepClock:
    """The steps of a run: `with clock:` around each part of one, `clock.step_ended()` after its last.

    A step is what learning takes once its minibatches are there: forward and backward passes of each, and the update.
    The system is asked twice a part, which takes some microseconds.

    Options:  usage: processor seconds of this process and how often the processor was taken from it, as `clock.usage`.
    """

    def __init__(self, usage: Callable[[], tuple[float, int | None]] = usage):
        self._usage = usage
        self._wall_ms, self._cpu_ms, self._disturbed = array("d"), array("d"), bytearray()
        self._switches: int | None = None
        self._began = self._cpu_began = self._wall = self._cpu = 0.0
        self._is_disturbed, self._is_counted = False, True

    def __enter__(self) -> None:
        self._cpu_began, self._switches = self._usage()
        self._began = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self._wall += time.perf_counter() - self._began
        cpu, switches = self._usage()
        self._cpu += cpu - self._cpu_began
        self._is_counted = switches is not None
        self._is_disturbed |= switches != self._switches

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within a part, what is none of it."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()

    def step_ended(self) -> None:
        """The parts since the last one were a step."""
        self._wall_ms.append(1e3 * self._wall)
        self._cpu_ms.append(1e3 * self._cpu)
        self._disturbed.append(self._is_disturbed)
        self._wall = self._cpu = 0.0
        self._is_disturbed = False

    def document(self) -> Mapping[str, Any]:
        """Milliseconds of the steps so far, on the wall and of the processor: of the first, the median and quartiles
        of the others, and of those of them that nothing disturbed. None for what there is not.

        "disturbed" is the share of the others during which the processor was taken away. None where no system says so.
        """
        wall, cpu = np.array(self._wall_ms), np.array(self._cpu_ms)
        disturbed = np.frombuffer(bytes(self._disturbed), np.bool_)[1:]
        return {
            "count": len(wall),
            "first": {"ms": float(wall[0]), "cpu_ms": float(cpu[0])} if len(wall) else None,
            **_middle(wall[1:], cpu[1:]),
            "disturbed": float(disturbed.mean()) if len(disturbed) and self._is_counted else None,
            "undisturbed": _middle(wall[1:][~disturbed], cpu[1:][~disturbed]) if self._is_counted else None,
        }


def _middle(wall: Array, cpu: Array) -> dict[str, Any]:
    found = {"ms": Quartiles.of(wall), "cpu_ms": Quartiles.of(cpu)}
    return {name: quartiles and quartiles.document() for name, quartiles in found.items()}
