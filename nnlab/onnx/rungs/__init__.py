"""The rungs of a ladder of inference: one change each, of the graph or of what runs it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlab.onnx.rungs.base import Rung


def all_rungs() -> "Mapping[str, Rung]":
    """All of them by name, in the order of the ladder. Their engines are imported when they are opened."""
    from nnlab.onnx.rungs import base, c_rung, cuda_rungs, numpy_rungs, ort_rungs, torch_rungs

    own = (
        ort_rungs.REFERENCE,
        *numpy_rungs.RUNGS,
        *torch_rungs.RUNGS,
        *ort_rungs.RUNGS,
        *c_rung.RUNGS,
        *cuda_rungs.RUNGS,
    )
    return base.by_name(own)
