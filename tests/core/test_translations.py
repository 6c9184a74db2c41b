"""Tables of what stands for a component elsewhere."""

import sys
from importlib.metadata import EntryPoint

import pytest

import nnlab.core.translations as module
from nnlab.core.errors import UsageError
from nnlab.core.translations import Translations


class Bear:
    pass


class BrownBear(Bear):
    pass


@pytest.fixture
def bears() -> Translations[str]:
    table: Translations[str] = Translations("animal", "latin")
    table.register(Bear)("ursus")
    return table


def test_a_translation_is_found_by_its_class(bears: Translations[str]) -> None:
    assert Bear in bears and bears.of(Bear) == "ursus"


def test_register_gives_back_what_it_is_put_on(bears: Translations[str]) -> None:
    assert bears.register(BrownBear)("ursus arctos") == "ursus arctos"
    assert bears.of(BrownBear) == "ursus arctos" and bears.of(Bear) == "ursus"


def test_a_subclass_is_not_what_it_derives_from(bears: Translations[str]) -> None:
    assert BrownBear not in bears
    with pytest.raises(UsageError, match=r"animal BrownBear has no translation to latin; register one \(.*\), or use"):
        bears.of(BrownBear)


def test_two_translations_of_one_class_are_refused(bears: Translations[str]) -> None:
    with pytest.raises(UsageError, match="animal Bear has two translations to latin"):
        bears.register(Bear)("arctos")
    assert bears.of(Bear) == "ursus"


@pytest.fixture
def plug_in(tmp_path, monkeypatch):
    """Another package's module that translates BrownBear, offered by an entry point."""
    (tmp_path / "nnlab_test_latin.py").write_text(
        "from nnlab_test_bears import BEARS, BrownBear\nBEARS.register(BrownBear)('ursus arctos')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("bears", "nnlab_test_latin", "nnlab.latin")
    asked = []

    def points(group):
        asked.append(group)
        return [point] if group == "nnlab.latin" else []

    monkeypatch.setattr(module, "entry_points", points)
    yield asked
    sys.modules.pop("nnlab_test_latin", None)


def test_other_packages_are_imported_when_one_is_lacking_and_once(bears, plug_in, monkeypatch) -> None:
    shared = type(sys)("nnlab_test_bears")
    shared.BEARS, shared.BrownBear = bears, BrownBear
    monkeypatch.setitem(sys.modules, "nnlab_test_bears", shared)
    assert Bear in bears and not plug_in  # nobody is asked for what is there
    assert bears.of(BrownBear) == "ursus arctos"
    assert int not in bears and plug_in == ["nnlab.latin"]
