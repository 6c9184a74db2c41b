"""`nnlab doctor`: versions, libraries found, devices, threads; what is missing and the line that installs it."""

import dataclasses
import importlib
import json as json_module
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from nnlab import __version__
from nnlab.cli.installed import packages, plug_ins
from nnlab.cli.output import echo
from nnlab.core import folders
from nnlab.core.errors import NnlabError
from nnlab.core.install import install_line
from nnlab.core.machine import usable_cores
from nnlab.core.printing import printable
from nnlab.tracking.environment import processor, thread_pools

LIBRARIES = (
    ("libvips", "nnlab.data.images.vips", "Vips", True),
    ("ImageMagick", "nnlab.data.images.magick", "ImageMagick", False),
    ("Pillow", "nnlab.data.images.pillow", "Pillow", True),
)
"""Name, module and class of the image libraries, and whether nnlab cannot do without (two come as wheels)."""

BEHIND = {"libvips": "pyvips", "ImageMagick": "wand", "Pillow": "pillow"}


@click.command("doctor")
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(json: bool, debug: bool) -> int:
    """Says what is installed, what is missing and how to get it.

    Exit code 0 when all that nnlab cannot do without is there, else 6.
    """
    found = examination()
    if json:
        click.echo(json_module.dumps({"schema_version": 1, **found}, indent=2))
    elif sys.stdout.isatty():
        _print_tables(found)
    else:
        echo(_plain(found))
    return 0 if found["ok"] else 6


def examination() -> dict[str, Any]:
    """Everything that doctor reports, as the JSON document has it."""
    parts = [dataclasses.asdict(package) for package in packages()]
    libraries = [_library(*library) for library in LIBRARIES]
    root = folders.repository()
    required = [part for part in parts if part["extra"] is None] + [part for part in libraries if part["required"]]
    return {
        "ok": all(part["state"] == "ok" for part in required),
        "nnlab": {"version": __version__, "checkout": str(root) if root else None},
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "platform": platform.platform(),
        "processor": processor(),
        "threads": {"usable": usable_cores(), "cores": os.cpu_count(), "libraries": _arithmetic()},
        "memory_mb": _memory(),
        "torch": _torch(installed := {part["name"] for part in parts if part["state"] == "ok"}),
        "devices": _devices(installed),
        "packages": parts,
        "libraries": libraries,
        "plug_ins": plug_ins(),
        "folders": {"cache": _folder(folders.cache_dir()), "datasets": _folder(folders.repository_datasets())},
    }


def _library(name: str, module: str, loader: str, required: bool) -> dict[str, Any]:
    """An image library, asked through the class that uses it: finding a file does not mean that it loads."""
    found: dict[str, Any] = {"name": name, "required": required, "version": None, "state": "ok", "install": None}
    try:
        found["version"] = getattr(importlib.import_module(module), loader)().version.removeprefix(f"{name} ")
    except NnlabError as error:
        found |= {"state": "missing", "install": error.hint}
    except (ImportError, OSError) as error:
        found |= {"state": f"does not load ({str(error).splitlines()[0]})", "install": install_line()}
    return found


def _arithmetic() -> list[dict[str, Any]]:
    """NumPy's BLAS and what else brings threads of its own."""
    try:
        importlib.import_module("numpy")
        return thread_pools()
    except (ImportError, OSError):
        return []


def _memory() -> dict[str, int] | None:
    try:
        memory = importlib.import_module("psutil").virtual_memory()
    except ImportError:
        return None
    return {"total": memory.total >> 20, "available": memory.available >> 20}


def _torch(installed: set[str]) -> dict[str, Any] | None:
    """Torch as it says itself, which takes a second; None where it is not installed."""
    if "torch" not in installed:
        return None
    try:
        torch = importlib.import_module("torch")
    except Exception as error:  # a broken build may raise anything, and this is where one comes to find out
        return {"state": f"does not load ({str(error).splitlines()[0] if str(error) else type(error).__name__})"}
    threads = torch.get_num_threads()
    return {"state": "ok", "version": torch.__version__, "cuda": torch.version.cuda, "threads": threads}


def _devices(installed: set[str]) -> list[dict[str, Any]]:
    """The processor, and CUDA devices that torch can use. Imports torch only where there is a driver to ask for."""
    devices: list[dict[str, Any]] = [{"name": "cpu", "usable": True, "detail": processor()}]
    if not (Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi")):
        return devices
    if "torch" not in installed:
        needs = f"an NVIDIA driver is there; torch is not: {install_line('torch')}"
        return [*devices, {"name": "cuda", "usable": False, "detail": needs}]
    try:
        cuda = importlib.import_module("torch").cuda
        every = [cuda.get_device_properties(i) for i in range(cuda.device_count())] if cuda.is_available() else []
    except (ImportError, OSError, RuntimeError) as error:
        return [*devices, {"name": "cuda", "usable": False, "detail": str(error).splitlines()[0]}]
    if not every:
        return [*devices, {"name": "cuda", "usable": False, "detail": "torch finds no device it can use"}]
    for index, found in enumerate(every):
        memory = found.total_memory >> 20
        detail = f"{found.name}, {memory} MiB"
        devices.append({"name": f"cuda:{index}", "usable": True, "detail": detail, "memory_mb": memory})
    return devices


def _folder(path: Path | None) -> dict[str, Any] | None:
    """A folder, whether it is there, and whether it, or the nearest one above it that exists, can be written."""
    if path is None:
        return None
    nearest = next(place for place in (path, *path.parents) if place.exists())
    return {"path": str(path), "exists": path.is_dir(), "writable": nearest.is_dir() and os.access(nearest, os.W_OK)}


def _torch_text(torch: dict[str, Any]) -> str:
    if torch["state"] != "ok":
        return str(torch["state"])
    built = f"for CUDA {torch['cuda']}" if torch["cuda"] else "without CUDA"
    return f"{torch['version']}, built {built}, {torch['threads']} threads"


def _facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The machine and the places, as pairs of words."""
    nnlab, python, threads = found["nnlab"], found["python"], found["threads"]
    facts = [
        ("nnlab", f"{nnlab['version']}, " + (f"checkout {nnlab['checkout']}" if nnlab["checkout"] else "installed")),
        ("Python", f"{python['version']}, {python['executable']}"),
        ("system", found["platform"]),
        ("threads", f"{threads['usable']} usable of {threads['cores']} cores"),
    ]
    for pool in threads["libraries"]:
        library = (pool["internal_api"], pool.get("version"))
        facts.append(("", f"{' '.join(filter(None, library))}: {pool['num_threads']} threads"))
    if torch := found["torch"]:
        facts.append(("torch", _torch_text(torch)))
    if memory := found["memory_mb"]:
        facts.append(("memory", f"{memory['total']} MiB, {memory['available']} MiB available"))
    for device in found["devices"]:
        facts.append(("device", f"{device['name']}{'' if device['usable'] else ' (not usable)'}: {device['detail']}"))
    for name, folder in found["folders"].items():
        if folder:
            state = "" if folder["writable"] else ", not writable"
            facts.append((name, folder["path"] + ("" if folder["exists"] else ", made when needed") + state))
    for offered in found["plug_ins"]:
        facts.append(("plug-in", f"{offered['name']} ({offered['kind']}) from {offered['package']}"))
    return facts


def _rows(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Name, version, state and use of every package and library."""
    rows = []
    for part in found["packages"]:
        missing = part["state"] == "missing" and part["extra"]
        state = f"not installed: [{part['extra']}]" if missing else part["state"]
        if part["state"] == "wrong version":
            state += f", needs {part['wanted']}"
        rows.append((part["name"], part["version"] or "-", state, part["used_for"]))
    for part in found["libraries"]:
        rows.append((part["name"], part["version"] or "-", part["state"], "the library behind " + BEHIND[part["name"]]))
    return rows


def _to_install(found: dict[str, Any]) -> list[str]:
    """One line for each thing that is not there: required ones first."""
    absent = [part for part in found["packages"] + found["libraries"] if part["state"] != "ok"]
    absent.sort(key=lambda part: bool(part.get("extra")) or not part.get("required", True))
    return [f"{part['name']}: {part['install']}" for part in absent]


def _verdict(found: dict[str, Any]) -> str:
    return "everything that nnlab needs is there" if found["ok"] else "something that nnlab needs is missing"


def _plain(found: dict[str, Any]) -> str:
    lines = [f"{name:<10} {text}" for name, text in _facts(found)]
    lines += ["", *(f"{name:<14} {version:<22} {state:<28} {use}" for name, version, state, use in _rows(found))]
    if absent := _to_install(found):
        lines += ["", "to install:", *(f"  {line}" for line in absent)]
    return "\n".join([*(printable(line).rstrip() for line in lines), "", _verdict(found)])


def _print_tables(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    facts = Table(box=None, show_header=False)
    for row in _facts(found):
        facts.add_row(f"[bold]{row[0]}[/]", escape(printable(row[1])))
    parts = Table("package", "version", "state", "used for", box=None, header_style="bold")
    colours = {"ok": "green", "not installed": "yellow"}
    for name, version, state, use in _rows(found):
        colour = next((colour for start, colour in colours.items() if state.startswith(start)), "red")
        parts.add_row(name, version, f"[{colour}]{escape(state)}[/]", use)
    console.print(facts, "", parts, "")
    for line in _to_install(found):
        console.print(f"  {escape(printable(line))}", soft_wrap=True, highlight=False)
    console.print(f"[bold {'green' if found['ok'] else 'red'}]{_verdict(found)}[/]")
