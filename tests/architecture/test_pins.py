"""bin/constraints.txt pins every package that a checkout can get: nnlab's, those of its extras, and what they bring."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

FOR_CUDA = re.compile(r"(nvidia-|cuda-|triton)")
"""What only CUDA builds of torch bring: torch's own metadata pins those."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(lines: list[str], extras: set[str]) -> Iterator[Requirement]:
    for line in lines:
        found = Requirement(line)
        marker: Marker | None = found.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield found


def brought(name: str, extras: set[str], seen: dict[str, set[str]]) -> None:
    """Adds to `seen` what a package brings, as far as it is installed here."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return
    for found in wanted(lines, extras):
        key = normal(found.name)
        if key not in seen or not found.extras <= seen[key]:
            seen.setdefault(key, set()).update(found.extras)
            brought(found.name, set(found.extras), seen)


@pytest.fixture(scope="module")
def pins(repository: Path) -> dict[str, str]:
    lines = (repository / "bin" / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("extra", ["", "torch", "onnxruntime", "profiling", "tensorboard", "video", "sweep", "dev"])
def test_everything_that_is_brought_is_pinned(extra: str, pins: dict[str, str]) -> None:
    seen: dict[str, set[str]] = {}
    brought("nnlab", {extra}, seen)
    assert seen
    missing = {name for name in seen if not FOR_CUDA.match(name)} - {normal(name) for name in pins}
    assert not missing, f"pin them in bin/constraints.txt: {', '.join(sorted(missing))}"


def test_torch_is_the_version_that_pyproject_asks_for(pins: dict[str, str], repository: Path) -> None:
    assert f'torch = ["torch=={pins["torch"]}"]' in (repository / "pyproject.toml").read_text()
