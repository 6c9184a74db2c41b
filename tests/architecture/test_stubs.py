"""Stubs say to editors and mypy what packages offer by `__getattr__`: exactly that."""

import ast
from pathlib import Path

import pytest

import nnlab

ROOMS = ("initializers", "layers", "losses", "metrics", "models", "optimizers", "schedules", "tasks")


def imported(stub: Path) -> dict[str, str]:
    """The names that a stub imports under their own name, and from where."""
    lines = [node for node in ast.parse(stub.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(line.module) for line in lines for alias in line.names if alias.asname == alias.name}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_offers_what_its_stub_says(repository: Path, room: str) -> None:
    package = getattr(nnlab, room)
    offered = {name: getattr(package, name) for name in dir(package) if name[:1].isupper()}
    own = {name: value for name, value in offered.items() if value.__module__.startswith(f"nnlab.{room}.")
           or value.__module__ == "nnlab.core.registry"}  # fmt: skip
    found = imported(repository / "nnlab" / room / "__init__.pyi")
    assert sorted(found) == sorted(own)
    assert {name: own[name].__module__ for name in own if isinstance(own[name], type)} == {
        name: module for name, module in found.items() if isinstance(own[name], type)
    }


def test_nnlab_offers_what_its_stub_says(repository: Path) -> None:
    found = imported(repository / "nnlab" / "__init__.pyi")
    lazy = {name for name in nnlab.__dir__() if not name.startswith("_")}
    assert set(found) <= lazy
    modules = {path.stem for path in (repository / "nnlab").iterdir()}
    assert {name for name in lazy - set(found) if name not in modules} <= {"lazily", "ROOMS"}
    for name in found:
        assert getattr(nnlab, name) is not None
