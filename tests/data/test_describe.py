from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.describe import Description, describe, recommended


def test_what_a_dataset_says_of_itself_is_read(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "dataset.toml").write_text(
        'title = "A"\nlicence = "B"\n[recommended]\nresize = [8, 8]\ntrim = true\n'
    )
    expected = Description(title="A", licence="B", recommended={"resize": [8, 8], "trim": True})
    assert describe(tmp_path / "set") == expected
    assert recommended("set", str(tmp_path)) == expected.recommended


def test_a_dataset_need_not_say_anything(tmp_path: Path) -> None:
    assert describe(tmp_path) == Description()
    assert recommended("absent", str(tmp_path)) == {}


@pytest.mark.parametrize("content", [b"title = ", b"\xff", b'recommended = "grayscale"', b"title = 3"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "dataset.toml").write_bytes(content)
    with pytest.raises(DataError, match=r"dataset\.toml"):
        describe(tmp_path)
