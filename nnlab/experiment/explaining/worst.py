"""The pictures that a run was most wrong about, as paths."""

from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.data.options import DataOptions
from nnlab.tracking.fields import COUNT, TEXT
from nnlab.tracking.files import read_lines
from nnlab.tracking.run import Run

PARTITIONS = ("test", "dev")
"""Where they are looked for; the first that has some is taken."""


def worst(run: Run, data: DataOptions, most: int) -> list[str]:
    """The pictures that the run keeps as the most wrong ones of test (of dev, where test has none), the worst first.

    Raises:  DataError: when it keeps none.
    """
    kinds = {"why": TEXT, "partition": TEXT, "source": TEXT}
    rows = read_lines(run.folder / "pictures.jsonl", kinds, {"rank": COUNT})
    wrong = [row for row in rows if row["why"] == "wrong"]
    for partition in PARTITIONS:
        if own := [row for row in wrong if row["partition"] == partition]:
            folder = Path(data.datasets_path) / data.dataset
            ranked = sorted(own, key=lambda row: int(row.get("rank", 0)))
            return [str(folder / row["source"]) for row in ranked[:most]]
    raise DataError("keeps no wrong answers of test or dev", where=str(run.folder), hint="name the pictures")
