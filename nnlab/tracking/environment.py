"""What a run ran on: enough to tell why two runs differ, nothing about who ran it."""

import os
import platform
from pathlib import Path
from typing import Any

import nnlab
from nnlab.core.machine import usable_cores

PACKAGES = ("numpy", "pyvips", "wand", "safetensors", "onnx", "torch")


def environment(**more: Any) -> dict[str, Any]:
    """Versions, processor and threads, as environment.json has them; `more` is added (a data library's version)."""
    return {
        "nnlab": {"version": nnlab.__version__, **commit(Path(nnlab.__file__).parents[1])},
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "processor": processor(),
        "cores": {"logical": os.cpu_count(), "usable": usable_cores()},
        "thread_pools": thread_pools(),
        "packages": {name: found for name in PACKAGES if (found := _version(name)) is not None},
        **more,
    }


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def thread_pools() -> list[dict[str, Any]]:
    """The arithmetic libraries that are loaded (BLAS, OpenMP), their versions and threads."""
    import threadpoolctl

    wanted = ("internal_api", "version", "num_threads", "threading_layer", "architecture")
    return [{key: pool[key] for key in wanted if key in pool} for pool in threadpoolctl.threadpool_info()]


def commit(root: Path) -> dict[str, Any]:
    """The Git commit of a checkout and whether files differ from it; nothing for an installed package."""
    if not (root / ".git").exists():
        return {}
    head = _git(root, "rev-parse", "HEAD")
    if not head:
        return {}
    return {"commit": head, "changed": bool(_git(root, "status", "--porcelain", "--untracked-files=no"))}


def _git(root: Path, *words: str) -> str:
    import subprocess  # takes a while, and whoever reads a run needs none

    command = ["git", "--no-optional-locks", "-C", str(root), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # slow to import; who only reads runs does not need it

    try:
        return version(package)
    except PackageNotFoundError:
        return None
