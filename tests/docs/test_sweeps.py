"""docs/sweeps.md, typed: from a plan to the best configuration in four commands, then on two Dask workers."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnlab.cli.main import main
from tests.labs.engines.clusters import dask_cluster


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "sweeps.md").read_text(encoding="utf-8")


def typed(page: str, block: int) -> list[str]:
    """The lines of a block of commands, their comments left out."""
    text = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[block]
    return [line.split(" #")[0].strip() for line in text.splitlines()]


def run(line: str, folder: Path) -> int:
    """As a shell would: with names for `*`."""
    words: list[str] = []
    for word in shlex.split(line)[1:]:
        words += sorted(str(each.relative_to(folder)) for each in folder.glob(word)) if "*" in word else [word]
    return main(words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, page: str) -> Iterator[Path]:
    """Where the plan of the page lies."""
    folder = tmp_path_factory.mktemp("sweeps")
    (folder / "plan.toml").write_text(re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


def test_the_plan_is_the_one_that_ships(folder: Path, repository: Path) -> None:
    assert (folder / "plan.toml").read_text() == (repository / "docs" / "examples" / "plan.toml").read_text()


def test_four_commands(folder: Path, page: str, capfd: pytest.CaptureFixture[str]) -> None:
    lines = typed(page, 0)
    assert len(lines) == 4
    for line in lines:
        assert run(line, folder) == 0, line
        out = capfd.readouterr().out
        if line.endswith("--workers=2"):
            table = re.findall(r"^```\n(trial.*?)^```", page, re.MULTILINE | re.DOTALL)[0]
            assert without_times(out.partition("\nbest: ")[0]) == without_times(table)
    (best,) = (folder / "runs").glob("*-best-*")
    assert (best / "summary.json").is_file()


def without_times(table: str) -> list[str]:
    """Words of each line, but for the seconds of a row."""
    return [re.sub(r"\d+\.\d +done", "done", " ".join(line.split())) for line in table.strip().splitlines()]


def test_two_dask_workers(folder: Path, page: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed", reason="the extra [sweep] is not installed")
    scheduler, *workers, sweep = typed(page, 1)
    assert scheduler.startswith("dask scheduler --host 127.0.0.1 --port 8786") and len(workers) == 2
    assert all(worker.startswith("dask worker tcp://127.0.0.1:8786 --nthreads 1") for worker in workers)
    plan, before = folder / "plan.toml", len(list((folder / "runs").glob("*-sweep-*/trials/*/row.json")))
    plan.write_text(plan.read_text().replace("[1e-3, 1e-2]", "[1e-3, 3e-3, 1e-2]"))
    with dask_cluster(tmp_path / "cluster", 2) as cluster:
        assert run(sweep.replace("tcp://127.0.0.1:8786", cluster.address), folder) == 0
    out, err = capfd.readouterr()
    assert (before == 0 or f"{before} of 6 runs are there" in err) and "The best of 6 whole trials is " in out
    assert len(list((folder / "runs").glob("*-sweep-*/trials/*/row.json"))) == 6


def test_what_it_says_of_mistakes(page: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said = re.findall(r"^nnlab: error: plan.toml, .*$", page, re.MULTILINE)
    text = (folder / "plan.toml").read_text()
    Path("wrong").mkdir()
    plan = Path("wrong") / "plan.toml"
    plan.write_text(text.replace('"32,16"', '"x"').replace("--epochs", "--lerning-rate=1 --epochs"))
    assert main(["sweep", str(plan)]) == 2
    lines = [line.replace("wrong/", "") for line in capfd.readouterr().err.splitlines()]
    assert sorted(lines) == sorted(said)
