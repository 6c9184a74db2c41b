"""What a ladder's times are of: the processor, the instructions that integers gain by, its governor."""

from pathlib import Path
from typing import Any

from nnlab.tracking.environment import processor

FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "amx_bf16", "avx512_bf16", "asimddp", "i8mm", "bf16")
"""Of /proc/cpuinfo: those that products of 8 and of 16 bits gain by."""

CPUINFO = Path("/proc/cpuinfo")
GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


def machine() -> dict[str, Any]:
    """Empty fields where the system does not tell."""
    return {"processor": processor(), "instructions": instructions(), "governor": _text(GOVERNOR).strip() or None}


def instructions() -> list[str]:
    """Those of FLAGS that the processor has."""
    for line in _text(CPUINFO).splitlines():
        name, _, said = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return [flag for flag in FLAGS if flag in said.split()]
    return []


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
