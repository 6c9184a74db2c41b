"""Labels that are planted wrong in a dataset, and how many of them `suspects` lists first.

    .venv/bin/python tests/campaigns/planted_labels.py FOLDER --share=0.05 --seed=1 --folds=5 --model=SmallCnn ...

Flags that are none of these are those of `nnlab train`. Where cleanlab is installed, its own list is held against it.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.cli.main import main as nnlab
from nnlab.data.names import is_image
from nnlab.experiment.suspects import suspects
from nnlab.tracking.fold_set import fold_set


def plant(folder: Path, into: Path, share: float, seed: int) -> set[str]:
    """Links to every picture, a share of them in another class; the paths of those within the new folder."""
    chance = np.random.default_rng(seed)
    classes = sorted(path.name for path in folder.iterdir() if path.is_dir())
    pictures = [path for name in classes for path in sorted((folder / name).iterdir()) if is_image(path.name)]
    moved = set(chance.choice(len(pictures), round(share * len(pictures)), replace=False).tolist())
    planted: set[str] = set()
    for number, path in enumerate(pictures):
        name = path.parent.name
        if number in moved:
            name = str(chance.choice([other for other in classes if other != name]))
            planted.add(f"{name}/{number}-{path.name}")
        (into / name).mkdir(parents=True, exist_ok=True)
        (into / name / f"{number}-{path.name}").symlink_to(path.resolve())
    return planted


def theirs(rows: list[dict[str, Any]], names: list[str]) -> list[str]:
    """cleanlab's order of the same samples."""
    from cleanlab.rank import get_label_quality_scores

    labels = np.array([names.index(row["actual"]) for row in rows])
    probabilities = np.array([row["probabilities"] for row in rows])
    scores = get_label_quality_scores(labels, probabilities, method="normalized_margin")
    return [rows[at]["source"] for at in np.argsort(scores, kind="stable")]


def main(words: list[str]) -> int:
    given = argparse.ArgumentParser()
    given.add_argument("folder", type=Path)
    given.add_argument("--share", type=float, default=0.05)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--folds", type=int, default=5)
    asked, flags = given.parse_known_args(words)
    with tempfile.TemporaryDirectory() as name:
        planted = plant(asked.folder, Path(name) / "planted", asked.share, asked.seed)
        runs = f"--runs-dir={name}/runs"
        code = nnlab(["train", f"{name}/planted", f"--folds={asked.folds}", "-q", runs, *flags])
        assert code == 0, code
        folder = next((Path(name) / "runs").glob("*-folds-*"))
        found, kept = suspects(str(folder)), fold_set(folder)
        assert kept is not None
        first = [sample.source for sample in found.samples[: len(found.samples) // 10]]
        wrong = {sample.source for sample in found.wrong}
        told: dict[str, Any] = {
            "samples": len(found.samples),
            "planted": len(planted),
            "in_the_first_tenth": round(len(planted & set(first)) / len(planted), 3),
            "suspected": len(wrong),
            "of_them_planted": len(planted & wrong),
        }
        try:
            other = theirs(kept.rows, kept.about["names"])
            told["as_cleanlab_s_first_tenth"] = len(set(first) & set(other[: len(first)])) / len(first)
        except ImportError:
            pass
        print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
