"""Names of classes in a YAML."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.readers.shared.yaml_names import names_in_yaml
from nnlab.data.readers.yolo_text import YoloText
from tests.data.readers.boxes import pictures, written


@pytest.mark.parametrize(
    "text",
    ["names: [cat, 'a dog']", "names: {1: a dog, 0: cat}", "nc: 2\nnames:\n  0: cat  # small\n  1: 'a dog'\npath: x",
     "names:\n- cat\n- a dog\n"],
)  # fmt: skip
def test_names_of_a_yaml(tmp_path: Path, text: str) -> None:
    assert names_in_yaml(written(tmp_path / "data.yaml", text)) == ("cat", "a dog")


@pytest.mark.parametrize(
    "text",
    ["", "names:", "names: [a, [b]]", "names: {0: a, 5: b}", "names: !!python/object:os.system x", "names: [cat, cat]"],
)
def test_a_yaml_without_such_names_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"names"):
        names_in_yaml(written(tmp_path / "data.yaml", text))


def test_a_yaml_that_is_read_is_not_said_to_be_left_out(tmp_path: Path) -> None:
    pictures(tmp_path, "images/a.png")
    written(tmp_path / "labels/a.txt", "1 0.5 0.5 0.5 0.5\n")
    written(tmp_path / "data.yaml", "names: [cat, dog]\n")
    found = YoloText().find(tmp_path)
    assert (found.names, found.left_out) == (("cat", "dog"), ())
