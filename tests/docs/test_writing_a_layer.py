"""The layer that docs/writing-a-layer.md goes through is what the page says: its Python runs and its checks pass."""

import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from nnlab.layers.base import LAYERS
from nnlab.testing import check_layer


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "writing-a-layer.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _as_a_module_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dataclasses look their module up by name; the example registers itself, which later tests must not see."""
    monkeypatch.setitem(sys.modules, "writing_a_layer", types.ModuleType("writing_a_layer"))
    list(LAYERS)
    monkeypatch.setattr(LAYERS, "_classes", dict(LAYERS._classes))


@pytest.fixture
def torch_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets what the page registers be forgotten; without torch its part of the page cannot be run."""
    pytest.importorskip("torch", reason="torch is not installed (extra [torch])")
    from nnlab.backends.torch.layers import TORCH_LAYERS

    monkeypatch.setattr(TORCH_LAYERS, "_table", dict(TORCH_LAYERS._table))


def blocks(page: str) -> list[str]:
    found = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert len(found) == 5
    return found


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "writing_a_layer"}
    exec(compile(code, "docs/writing-a-layer.md", "exec"), names)
    return names


def test_every_block_runs(page: str) -> None:
    run("\n".join(blocks(page)[:3]))
    assert "Swish" in LAYERS


def test_the_layer_is_the_same_on_torch(page: str, torch_layers: None) -> None:
    run("\n".join(blocks(page)))


def test_a_translation_that_is_wrong_is_found(page: str, torch_layers: None) -> None:
    with pytest.raises(AssertionError, match=r"Swish: float64, training, .* is .* away"):
        run("\n".join(blocks(page)).replace("torch.sigmoid(own", "torch.sigmoid(-own"))


def test_the_mistake_that_it_speaks_of_is_named_as_it_says(page: str) -> None:
    layer = run(blocks(page)[0].replace("return (dx,)", "return (-dx,)"))["Swish"]
    shown = re.search(r"^    (Swish: .*?) at ", page, flags=re.MULTILINE)
    assert shown is not None
    with pytest.raises(AssertionError, match=re.escape(shown[1])):
        check_layer(layer)
