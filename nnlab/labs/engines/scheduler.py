"""The address of a Dask scheduler: what may be one, who is there, and how one is started."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from nnlab.core.errors import RunError, UsageError

PATIENCE_S = 5.0
"""How long a scheduler may take to answer."""

HERE = "--host 127.0.0.1 --dashboard-address 127.0.0.1:0"
"""What keeps a scheduler, or a worker, from being reached from another machine."""


def worker_line(address: str) -> str:
    """What starts a worker on the scheduler's machine."""
    return f"dask worker {address} {HERE} --nthreads 1"


START = f"start one: dask scheduler {HERE}, and beside it: {worker_line('tcp://127.0.0.1:8786')}"

GO_ON = "the same command goes on with what is missing"

WHERE = "--address"


def checked(address: str | None) -> str:
    """An address as Dask writes it. Raises UsageError: none was given, or it cannot be one."""
    if not address:
        raise UsageError("is needed: the dask engine has a cluster do the work", where=WHERE, hint=START)
    try:
        parts = urlsplit(address if "//" in address else f"tcp://{address}")
        sound = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port and not parts.path and not parts.query
    except ValueError:
        sound = None
    if not sound:
        hint = "such as --address=tcp://127.0.0.1:8786, as `dask scheduler` says it"
        raise UsageError("is no address of a scheduler", where=f"{WHERE}={address}", hint=hint)
    return f"{parts.scheme}://{parts.netloc}"


def identify(address: str) -> None:
    """Asks who is there. Raises RunError: nobody answers in time, or no scheduler does."""
    from distributed.core import rpc

    async def asked() -> Mapping[str, Any]:
        async with rpc(address) as there:
            found: Mapping[str, Any] = await there.identity()
            return found

    async def in_time() -> Mapping[str, Any]:
        return await asyncio.wait_for(asked(), PATIENCE_S)

    try:
        kind = asyncio.run(in_time()).get("type")
    except Exception as error:  # what listens there may be anything, and say anything
        raise unreached(address, error) from None
    if kind != "Scheduler":
        hint = "give the address that `dask scheduler` said"
        raise RunError(f"is a Dask {str(kind).lower()}, not a scheduler", where=address, hint=hint)


def unreached(address: str, error: Exception) -> RunError:
    """What to say where no scheduler answered."""
    said = str(error).splitlines() or [""]
    why = f" ({type(error).__name__}{f': {said[0]}' if said[0] else ''})"
    if isinstance(error, OSError):
        why = f" within {PATIENCE_S:g} s"
    return RunError(f"no Dask scheduler answers{why}", where=address, hint=START)
