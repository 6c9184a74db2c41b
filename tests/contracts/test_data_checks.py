"""Every registered data check: it says what it is, has sound options, and can look at any set without falling over."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.component import options_of
from nnlab.data.checks.base import DATA_CHECKS, DataCheck
from nnlab.data.inspection.inspect import inspect
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.options import DataOptions
from nnlab.testing import check_options

CHECKS = list(DATA_CHECKS)
each_check = pytest.mark.parametrize("cls", CHECKS, ids=lambda cls: cls.__name__)


def looked_at(folder: Path, **options: object) -> Inspected:
    return inspect(DataOptions(dataset=folder.name, datasets_path=str(folder.parent), **options))


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Inspected]:
    """Sets at the ends of what there is: nothing readable, one picture a class, 1 x 1 pixels, numbers, rows."""
    root, chance = tmp_path_factory.mktemp("sets"), np.random.default_rng(0)
    for name in ("unreadable", "single", "tiny"):
        for label in "ab":
            (root / name / label).mkdir(parents=True)
    for label in "ab":
        (root / "unreadable" / label / "1.png").write_bytes(b"")
        pixels = chance.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / "single" / label / "1.png")
        for number in range(4):
            Image.fromarray(pixels[:1, :1] + np.uint8(number)).save(root / "tiny" / label / f"{number}.gif")
    (root / "numbers").mkdir()
    lines = ["file,angle"]
    for number in range(12):
        Image.fromarray(chance.integers(0, 256, (9, 9), dtype=np.uint8)).save(root / "numbers" / f"{number}.png")
        lines.append(f"{number}.png,{1000 if number == 7 else number}")
    (root / "numbers" / "targets.csv").write_text("\n".join(lines))
    x = chance.integers(0, 256, (12, 8, 8), dtype=np.uint8)
    np.savez(root / "rows.npz", x=np.concatenate([x, x[:2]]), y=np.arange(14) % 2)
    names = ("unreadable", "single", "tiny", "numbers", "rows.npz")
    return {name: looked_at(root / name) for name in names}


@each_check
def test_it_says_what_it_finds_what_to_do_and_what_its_options_are(cls: type[DataCheck]) -> None:
    assert cls.title == cls.title.strip(". ") != ""
    assert cls.advice == cls.advice.strip(". ") != ""
    assert cls.__doc__
    assert all(option.help for option in options_of(cls))
    check_options(cls, {})


@each_check
@pytest.mark.parametrize("name", ["unreadable", "single", "tiny", "numbers", "rows.npz"])
def test_it_looks_at_any_set_and_names_samples_that_are_there(
    cls: type[DataCheck], name: str, sets: dict[str, Inspected]
) -> None:
    data = sets[name]
    for finding in cls().findings(data):
        assert finding.what == finding.what.strip(". ") != ""
        assert set(finding.places) <= set(range(len(data)))
        assert list(finding.places) == sorted(set(finding.places))


def test_rows_of_arrays_and_numbers_of_tables_are_looked_at_too(sets: dict[str, Inspected]) -> None:
    (copies,) = [group.places for group in sets["rows.npz"].groups if 0 in group.places]
    assert copies == (0, 12)
    (odd,) = DATA_CHECKS.get("OddValues")().findings(sets["numbers"])
    assert (odd.what, odd.places) == ("angle is 1000, and the others about 5.5", (7,))
    (refused,) = DATA_CHECKS.get("Divided")().findings(sets["single"])
    assert refused.wrong and "class with one image" in refused.what
