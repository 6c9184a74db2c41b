"""Modules that import each other in a circle: none, wherever the import stands."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """The modules of one circle, in the order in which they are imported; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What every module imports, in functions and for annotations too."""
    graph = grimp.build_graph("nnlab", cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_no_module_imports_itself_by_a_detour(imports: dict[str, set[str]]) -> None:
    assert len(imports) > 600
    assert circle(imports) == []


def test_imports_in_functions_and_for_annotations_are_seen(imports: dict[str, set[str]]) -> None:
    assert "nnlab.models.graph" in imports["nnlab.models.base"]
    assert "nnlab.backends.torch.learner" in imports["nnlab.backends.torch"]  # in a function


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}) == []
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}})) == {"b", "c"}
