"""How a process comes to the others of its team."""

import os
import sys
from datetime import timedelta

import torch
import torch.distributed as dist

from nnlab.backends.base import Engine
from nnlab.backends.torch.devices import device_of
from nnlab.core.errors import MissingError, RunError

AS_LONG_AS_THEY_LIVE = timedelta(days=30)
"""Gloo sees at once that a process has gone, so one waits for as long as the others have work."""


def connect(store: str, rank: int, size: int) -> None:
    """Comes together with processes of this machine, by a file; what listens does so on the loopback alone."""
    if dist.is_initialized():
        what = "this program works with other processes already, and torch knows one such group at a time"
        raise RunError(what, where="--processes")
    stay_on_loopback()
    files = dist.FileStore(store, size)
    dist.init_process_group("gloo", store=files, rank=rank, world_size=size, timeout=AS_LONG_AS_THEY_LIVE)


def join() -> None:
    """Comes together with the processes that torchrun started, where it says (MASTER_ADDR, MASTER_PORT)."""
    if os.environ.get("LOCAL_WORLD_SIZE") == os.environ["WORLD_SIZE"]:
        stay_on_loopback()
    dist.init_process_group("gloo", init_method="env://", timeout=AS_LONG_AS_THEY_LIVE)


def stay_on_loopback() -> None:
    """Has gloo and nccl talk over the loopback, unless the environment says otherwise."""
    loopback = "lo0" if sys.platform == "darwin" else "lo"
    os.environ.setdefault("GLOO_SOCKET_IFNAME", loopback)
    os.environ.setdefault("NCCL_SOCKET_IFNAME", loopback)


def take_device(engine: Engine, place: int, here: int) -> None:
    """Takes this process's own CUDA device, where it computes on one.

    Options:  place: among the processes of this machine.  here: how many those are.
    Raises:   MissingError: there are fewer devices than processes.
    """
    if device_of(engine).type != "cuda":
        return
    there = torch.cuda.device_count()
    if here > there:
        what = f"each process needs a CUDA device of its own, and this machine has {there}"
        raise MissingError(what, where=f"--processes={here}", hint=f"type --processes={there}, or --device=cpu")
    torch.cuda.set_device(place)
