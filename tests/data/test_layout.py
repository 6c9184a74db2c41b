from pathlib import Path

import pytest

from nnlab.data.layout import holds_classes, partition_folders


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["cat/0.png", "dog/0.png"], True),
        (["cat/0.png", "notes/readme.txt"], True),
        (["train/cat/0.png", "test/cat/0.png"], True),
        (["0.png"], False),
        (["set/cat/0.png", "set/dog/0.png"], False),
        (["set/cat/0.png", "loose/0.png"], False),
        (["notes/readme.txt"], False),
        ([], False),
    ],
)
def test_a_dataset_is_told_from_a_folder_of_datasets(tmp_path: Path, files: list[str], expected: bool) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert holds_classes(tmp_path) is expected


def test_partitions_come_in_their_order(tmp_path: Path) -> None:
    for name in ("testing", "Train", "valid"):
        (tmp_path / name / "a").mkdir(parents=True)
        (tmp_path / name / "a" / "0.png").touch()
    assert {part: path.name for part, path in partition_folders(tmp_path).items()} == {
        "training": "Train", "dev": "valid", "test": "testing",
    }  # fmt: skip
    assert list(partition_folders(tmp_path)) == ["training", "dev", "test"]
