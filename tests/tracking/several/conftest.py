"""Run folders made by hand, of which every figure is known."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from nnlab.tracking.run import Run

Make = Callable[..., Run]

CONFIG = """
[run]
exp_id = {exp_id}
epochs = 2
model_seed = {model_seed}
backend = "numpy"

[data]
dataset = "numbers"
dataset_seed = {dataset_seed}

[model]
name = {model}

[accuracy]
name = {metric}
"""


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A run of that name; `right` says of each test picture whether it is right about it."""

    def made(
        exp_id: str,
        right: Sequence[int],
        *,
        model: str = "NLayers",
        seed: int = 0,
        dataset_seed: int = 0,
        metric: str = "Classes",
        losses: Sequence[float] | None = None,
        **changes: Any,
    ) -> Run:
        folder = (
            tmp_path
            / "runs"
            / f"20260101-0000{len(list(tmp_path.glob('runs/*'))):02}-{exp_id.replace('/', '_')}-00000000"
        )
        folder.mkdir(parents=True)
        named = {"exp_id": json.dumps(exp_id), "model": json.dumps(model), "metric": json.dumps(metric)}
        text = CONFIG.format(**named, model_seed=seed, dataset_seed=dataset_seed)
        (folder / "config.toml").write_text(text)
        key, share = ("accuracy", sum(right) / len(right)) if metric == "Classes" else ("mae", 1.0)
        score = {"loss": 1 - share / 2, key: share, "samples": len(right), "chance": 0.25}
        rows = [
            {"epoch": epoch, "partition": name, "loss": 3.0 / epoch, key: share * epoch / 2, "samples": len(right)}
            for epoch in (1, 2)
            for name in ("training", "dev")
        ]
        (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        summary = {"stopped": "finished", "epochs_run": 2, "best_epoch": 2, "early_stop_epoch": None}
        summary |= {"training": score, "dev": score, "test": score, "parameters": 1234, "elapsed_s": 1.5}
        summary |= {"params_per_sample": 12.34, "peak_memory_mb": 90.0, "avoidable_bias": 1 - share, "variance": 0.0}
        (folder / "summary.json").write_text(json.dumps(summary | changes))
        lines = []
        for place, hit in enumerate(right):
            row = {"partition": "test", "source": f"a/{place}.png", "actual": "a", "predicted": "a" if hit else "b"}
            lines.append(row if losses is None else row | {"loss": losses[place]})
        (folder / "predictions.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        return Run(folder)

    return made
