"""`import nnlab` is light, and gives everything by name."""

import subprocess
import sys

import pytest

import nnlab


def test_importing_nnlab_imports_nothing_heavy() -> None:
    program = "import sys, nnlab; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "'nnlab'" in found
    assert not [name for name in ("numpy", "click", "onnx", "torch", "sklearn", "matplotlib", "PIL") if name in found]


def test_names_are_got_and_listed() -> None:
    assert {"train", "load", "check", "compare", "Arrays", "Graph", "Run", "layers", "sklearn"} <= set(dir(nnlab))
    assert nnlab.Graph.__module__ == "nnlab.models.graph"
    assert nnlab.layers.Conv2d.__module__ == "nnlab.layers.conv2d"
    assert nnlab.losses.Huber.__module__ == "nnlab.losses.robust"  # whose file is named otherwise
    assert nnlab.layers.Layer.__module__ == "nnlab.layers.base"
    assert {"Conv2d", "Layer", "LAYERS"} <= set(dir(nnlab.layers))
    assert "Onnx" in dir(nnlab.models)  # of an entry point


def test_a_name_that_there_is_not_says_the_nearest() -> None:
    with pytest.raises(AttributeError) as found:
        nnlab.trian  # noqa: B018 (asked for its error)
    assert found.value.name == "trian" and found.value.obj is nnlab
    with pytest.raises(AttributeError, match=r"nnlab\.layers"):
        nnlab.layers.Conv2D  # noqa: B018


def test_what_helps_a_room_is_not_offered_as_its_own() -> None:
    assert "Component" not in dir(nnlab.layers)
    with pytest.raises(AttributeError):
        nnlab.layers.Component  # noqa: B018
