"""Components by name."""

import sys
import threading
import time
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import nnlab.core.registry as module
from nnlab.core.errors import UsageError
from nnlab.core.registry import Registry, nearest, normalised


@pytest.fixture
def animals(tmp_path, monkeypatch) -> Registry[object]:
    """A registry over a package of two modules, one of which registers a class."""
    package = tmp_path / "nnlab_test_animals"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "base.py").write_text(
        "from nnlab.core.registry import Registry\nANIMALS = Registry('animal', 'nnlab_test_animals')\n"
    )
    (package / "brown_bear.py").write_text("from .base import ANIMALS\n@ANIMALS.register\nclass BrownBear: pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    from nnlab_test_animals.base import ANIMALS  # type: ignore[import-not-found]

    yield ANIMALS
    for name in [name for name in sys.modules if name.startswith("nnlab_test_animals")]:
        del sys.modules[name]


def test_built_ins_are_imported_when_first_asked_for(animals: Registry[object]) -> None:
    assert "nnlab_test_animals.brown_bear" not in sys.modules
    assert animals.names() == ["BrownBear"]


@pytest.mark.parametrize("name", ["BrownBear", "brown-bear", "BROWN_BEAR", "brownbear"])
def test_case_and_dashes_do_not_count(animals: Registry[object], name: str) -> None:
    assert animals.name_of(name) == "BrownBear"
    assert name in animals


def test_a_thread_that_asks_while_another_imports_gets_all_too(animals: Registry[object], tmp_path: Path) -> None:
    slow = "import time\nfrom .base import ANIMALS\ntime.sleep(0.2)\n@ANIMALS.register\nclass Whale: pass\n"
    (tmp_path / "nnlab_test_animals" / "sea.py").write_text(slow)
    other = threading.Thread(target=animals.names)
    other.start()
    while other.is_alive() and "nnlab_test_animals.sea" not in sys.modules:
        time.sleep(0.001)
    assert animals.name_of("whale") == "Whale" and animals.names() == ["BrownBear", "Whale"]
    other.join()


def test_an_unknown_name_lists_the_nearest(animals: Registry[object]) -> None:
    with pytest.raises(UsageError, match="unknown animal 'BrownBeer'; did you mean BrownBear"):
        animals.get("BrownBeer")


def test_two_of_one_name_are_refused(animals: Registry[object]) -> None:
    animals.names()
    with pytest.raises(UsageError, match="two animals are named BrownBear"):
        animals.register(type("BrownBear", (), {}))


def test_the_same_class_may_register_again(animals: Registry[object]) -> None:
    animals.register(animals.get("BrownBear"))


def test_other_packages_offer_theirs_by_entry_point(animals: Registry[object], monkeypatch) -> None:
    point = EntryPoint("Fraction", "fractions:Fraction", "nnlab_test_animals")
    monkeypatch.setattr(module, "entry_points", lambda group: [point] if group == "nnlab_test_animals" else [])
    assert "Fraction" in animals.names()


def test_an_entry_point_that_cannot_be_loaded_is_one_clear_error(animals: Registry[object], monkeypatch) -> None:
    point = EntryPoint("Ghost", "no_such_module:Ghost", "nnlab_test_animals")
    monkeypatch.setattr(module, "entry_points", lambda group: [point])
    with pytest.raises(UsageError, match=r"entry point no_such_module:Ghost: cannot load the animal Ghost"):
        animals.names()


def test_a_package_that_fails_when_imported_is_one_clear_error_too(
    animals: Registry[object], monkeypatch, tmp_path
) -> None:
    (tmp_path / "nnlab_test_broken.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("Ghost", "nnlab_test_broken:Ghost", "nnlab_test_animals")
    monkeypatch.setattr(module, "entry_points", lambda group: [point])
    with pytest.raises(UsageError, match=r"cannot load the animal Ghost \(division by zero\)"):
        animals.names()


def test_nearest_says_names_as_they_are_written() -> None:
    assert nearest("rmsprp", ["RMSProp", "Adam"]) == ["RMSProp"]
    assert nearest("zzzz", ["RMSProp", "Adam"]) == []
    assert normalised("N-Layers_x") == "nlayersx"
