"""What nnlab needs, what of it is installed, and the line that installs the rest.

Reads the requirements from nnlab's own metadata, so pyproject.toml stays the one list. Imports no numpy: it has
to work where numpy is what is missing.
"""

import importlib.util
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distributions, requires, version

from nnlab.core import folders
from nnlab.core.install import install_line

USED_FOR = {
    "click": "the command line",
    "matplotlib": "figures, and the fonts that the drawn sets use",
    "numpy": "arrays and their arithmetic",
    "onnx": "reading and writing ONNX files",
    "pillow": "images, --data-loader Pillow; BMP, PNM, JPEG 2000 and AVIF files",
    "psutil": "memory and processor figures",
    "pyvips": "images, --data-loader Vips",
    "rich": "tables and progress on a terminal",
    "safetensors": "saved weights",
    "threadpoolctl": "--threads: how many the arithmetic uses",
    "wand": "images, --data-loader ImageMagick",
    "torch": "--backend torch, --device cuda",
    "onnxruntime": "running ONNX files fast",
    "scikit-learn": "nnlab.sklearn: estimators for Python programs",
    "av": "frames of videos",
    "optuna": "nnlab sweep: searches that learn from earlier trials",
    "distributed": "--engine dask: trials and studies on many machines",
    "tensorboard": "--tensorboard: event files, and the program that shows them",
    "pyinstrument": "--profiling: where the time of a training goes",
}
IMPORTED_AS = {"pillow": "PIL", "scikit-learn": "sklearn"}
"""Names of packages in Python, where they differ."""

HIDDEN = frozenset({"dev"})
"""Extras for those who work on nnlab itself."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """One requirement and what was found of it.

    Options:  extra: the extra that brings it, None when nnlab cannot do without.
              state: "ok", "missing" or "wrong version".
              install: the line that mends it; None when there is nothing to mend.
    """

    name: str
    wanted: str
    extra: str | None
    version: str | None
    state: str
    used_for: str
    install: str | None


def packages() -> list[Package]:
    """Every package that nnlab needs or can use, required ones first."""
    return [_package(*requirement) for requirement in sorted(_requirements(), key=lambda r: (r[2] or "", r[0]))]


def plug_ins() -> list[dict[str, str]]:
    """The components that other packages offer: group, name and the package's name."""
    return [
        {"kind": point.group.removeprefix("nnlab."), "name": point.name, "package": distribution.name}
        for distribution in distributions()
        for point in distribution.entry_points
        if point.group.startswith("nnlab.")
    ]


def _package(name: str, wanted: str, extra: str | None) -> Package:
    try:
        found: str | None = version(name)
    except PackageNotFoundError:
        found = None
    if found is None or importlib.util.find_spec(IMPORTED_AS.get(name, name)) is None:
        found, state = None, "missing"
    else:
        state = "ok" if satisfies(found, wanted) else "wrong version"
    install = None if state == "ok" else install_line(extra)
    used_for = USED_FOR.get(name, "")
    return Package(
        name=name, wanted=wanted, extra=extra, version=found, state=state, used_for=used_for, install=install
    )


def satisfies(found: str, wanted: str) -> bool:
    """Whether a version meets `>=1.2` or `==1.2` (several with commas between); other relations are not judged."""
    for relation, bound in re.findall(r"(>=|==)\s*([0-9.]+)", wanted):
        have, need = _numbers(found), _numbers(bound)
        if relation == ">=" and have < need:
            return False
        if relation == "==" and have != need:
            return False
    return True


def _numbers(text: str) -> tuple[int, ...]:
    """The release of a version without trailing zeros: 2.13.0+cpu is (2, 13)."""
    match = re.match(r"[0-9]+(\.[0-9]+)*", text)
    numbers = [int(part) for part in match.group().split(".")] if match else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _requirements() -> Iterator[tuple[str, str, str | None]]:
    """Name, versions wanted and extra of each requirement."""
    for line, extra in _stated():
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*([^;]*)", line)
        if match and extra not in HIDDEN:
            yield match.group(1).lower(), match.group(2).strip(" ()"), extra


def _stated() -> Iterator[tuple[str, str | None]]:
    """The requirements as the checkout's pyproject.toml has them, or the metadata of the installed wheel."""
    root = folders.repository()
    if root is not None:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        yield from ((line, None) for line in project["dependencies"])
        for extra, lines in project.get("optional-dependencies", {}).items():
            yield from ((line, extra) for line in lines)
        return
    for line in requires("nnlab") or []:
        match = re.search(r"extra\s*==\s*['\"]([^'\"]+)", line)
        yield line, match.group(1) if match else None
