"""Counts what the checks of a run found."""

from collections.abc import Mapping
from typing import Any

from nnlab.training.callback import Callback


class CheckTally(Callback):
    """How many gradient checks were made and the worst of them; how many instabilities were seen."""

    def __init__(self) -> None:
        self._steps: set[int] = set()
        self._failed: set[int] = set()
        self._worst: float | None = None
        self.instabilities = 0

    def check_done(self, found: Mapping[str, Any]) -> None:
        """Counts a finding: a parameter's verdict in a gradient check, or an instability."""
        if found["kind"] != "gradient":
            self.instabilities += 1
            return
        self._steps.add(found["step"])
        if found["verdict"] == "bug":
            self._failed.add(found["step"])
        distance = found["distance"]
        if distance is not None and found["verdict"] != "no signal":
            self._worst = max(distance, self._worst or 0.0)

    @property
    def gradients(self) -> dict[str, Any]:
        """Gradient checks: how many were made, the worst relative distance, how many failed."""
        return {"run": len(self._steps), "worst_distance": self._worst, "failed": len(self._failed)}
