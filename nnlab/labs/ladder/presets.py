"""Protocols of a ladder by name."""

from collections.abc import Mapping
from typing import Any

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "laptop": {
        "rungs": "all,-torch-compiled",
        "calls": 200,
        "seconds": 1.0,
        "warm_up": 0.3,
        "processes": 3,
        "batch": "1,8,32",
    },
}
"""laptop: within ten minutes on two cores; compiling takes longer than all the rest. Flags count more."""
