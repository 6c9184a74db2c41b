"""What a plan will take, before it is run: each configuration measured for a moment, all in one process."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.labs.plan import Plan
from nnlab.labs.worker import COMMAND, Late, told

Found = Mapping[str, Any]
"""Of a configuration: what its kind's `estimate` gave, or why there is nothing ("failed", "skipped")."""


@dataclass(frozen=True)
class Estimate:
    """What every configuration will take.  Options:  found: by its name.  calibration_s: what it took to find out."""

    plan: Plan
    found: Mapping[str, Found]
    calibration_s: float

    def whole(self, key: str) -> float:
        """Of all cells together: "wall_s", "cpu_s". Pictures that the first of a configuration keeps are read once."""
        every = sum(float(self.found[cell.name].get(key, 0.0)) for cell in self.plan.cells)
        spared = 0.0
        for name, times in Counter(cell.name for cell in self.plan.cells).items():
            spared += (times - 1) * float(self.found[name].get("read_once", {}).get(key, 0.0))
        return every - spared

    @property
    def seconds(self) -> dict[str, float]:
        """On the wall, of a cell of each configuration that could be told."""
        return {name: float(found["wall_s"]) for name, found in self.found.items() if "wall_s" in found}

    @property
    def unknown(self) -> dict[str, str]:
        """Configurations of which nothing could be told, and why."""
        return {name: reason(found) for name, found in self.found.items() if "wall_s" not in found}

    def document(self) -> dict[str, Any]:
        """As JSON: what --dry-run says."""
        cells = [{**cell.about, **self.found[cell.name]} for cell in self.plan.order]
        whole = {key: self.whole(key) for key in ("wall_s", "cpu_s")}
        peaks = [float(found["peak_memory_mb"]) for found in self.found.values() if "peak_memory_mb" in found]
        return {
            "schema_version": 1,
            "lab": self.plan.lab,
            "options": dict(self.plan.options),
            "cells": cells,
            "whole": {**whole, "peak_memory_mb": max(peaks, default=None), "calibration_s": self.calibration_s},
        }


def reason(found: Found) -> str:
    """Why nothing could be told."""
    return str(found.get("failed") or found.get("skipped") or "its kind of work cannot tell beforehand")


def estimated(plan: Plan, command: tuple[str, ...] = COMMAND, *, seconds: float | None = None) -> Estimate:
    """Each configuration by its first cell. One whose estimate ends its process is told so, and the others go on.

    Options:  seconds: that finding out may take; None for as long as it needs.
    """
    first: dict[str, Cell] = {}
    for cell in plan.order:
        first.setdefault(cell.name, cell)
    left, found, end = list(first.values()), dict[str, Found](), time.perf_counter() + (seconds or 0.0)
    while left:
        answers: list[Found] = []

        def heard(message: dict[str, Any], answers: list[Found] = answers) -> None:
            if message["event"] == "estimate":
                answers.append(message["found"])

        job = {"estimate": [cell.document for cell in left]}
        try:
            died = told(job, heard, seconds=None if seconds is None else end - time.perf_counter(), command=command)
        except Late:
            answers += [{"failed": "there was no time to find out", "calibration_s": 0.0}] * (len(left) - len(answers))
        else:
            if len(answers) < len(left):
                answers.append(
                    {"failed": died.why if died else "its process ended without a word", "calibration_s": 0.0}
                )
        found |= {cell.name: answer for cell, answer in zip(left, answers, strict=False)}
        left = left[len(answers) :]
    return Estimate(plan, found, sum(float(answer["calibration_s"]) for answer in found.values()))
