"""Plans as text, and what they become."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.cli.sweep_base import sweep_from
from nnlab.labs.sweep.plan_file import PlanFile, read_plan
from nnlab.labs.sweep.sweep import Sweep

MakeSweep = Callable[[str], Sweep]


@pytest.fixture
def plan_file(tmp_path: Path) -> Callable[[str], PlanFile]:
    """A plan of this text."""

    def made(text: str) -> PlanFile:
        path = tmp_path / "plan.toml"
        path.write_text(text)
        return read_plan(path)

    return made


@pytest.fixture
def sweep(plan_file: Callable[[str], PlanFile], blobs: Path, tmp_path: Path) -> MakeSweep:
    """A sweep over a tiny network, of what stands below `base`; more flags of the base may stand before it."""

    def made(text: str) -> Sweep:
        more, _, tables = text.partition("\n") if text.startswith("--") else ("", "", text)
        flags = (
            f"train {blobs / 'blobs'} --model=NLayers --layers=8 --resize=4,4 --epochs=1 --max-minibatch-size=8 "
            f"--no-disk-cache --gradient-checks=off --instability-checks=off --runs-dir={tmp_path / 'runs'} {more}"
        )
        return sweep_from(plan_file(f'base = "{flags.strip()}"\n{tables}'))

    return made
