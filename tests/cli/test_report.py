"""`nnlab report` and `nnlab compare RUN RUN` as users type them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.cli.compare_runs import are_runs
from nnlab.cli.main import main
from nnlab.tracking.run import read_run

Call = Callable[..., tuple[int, str, str]]

SMALL = ("--dataset=blobs", "--resize=6,6", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, blobs: Path) -> Path:
    """Two experiments, and each once more as if with another seed; made once for all tests here, which copy them."""
    folder = tmp_path_factory.mktemp("trained")
    where = (f"--datasets-path={blobs}", f"--runs-dir={folder / 'runs'}")
    more = ("-e", *where, *SMALL, "--exp-id=two", "--epochs=3", "--learning-rate=0.05")
    assert main(["train", *where, *SMALL, "--exp-id=one", "--epochs=1", *more]) == 0
    for run in [path for path in (folder / "runs").iterdir() if not path.is_symlink()]:
        exp_id = run.name.split("-")[2]
        copy = run.with_name(run.name.replace(f"-{exp_id}-", f"-{exp_id}_1-"))
        shutil.copytree(run, copy)
        text = (copy / "config.toml").read_text().replace("model_seed = 0", "model_seed = 1")
        (copy / "config.toml").write_text(text.replace(f'exp_id = "{exp_id}"', f'exp_id = "{exp_id}_1"'))
    return folder / "runs"


@pytest.fixture
def call(trained: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, tmp_path / "runs", symlinks=True)

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(args))
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def test_several_runs_are_put_on_one_page(call: Call, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    code, out, err = call("report", "one", "one_1", "two", "two_1", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "runs" / "report-one-two.html"}
    assert [len(group["runs"]) for group in found["groups"]] == [2, 2]
    assert found["differing"].keys() == {"epochs", "learning_rate", "model_seed"}
    (told,) = found["comparisons"]
    assert told["method"].endswith("by seed") and told["word"] in ("better", "worse", "cannot tell")
    means = [sum(run["test"] for run in group["runs"]) / 2 for group in found["groups"]]
    assert [told["first_value"], told["second_value"]] == pytest.approx(means)
    assert Path(found["report"]).read_text().startswith("<!doctype html>")
    code, out, err = call("report", "one", "two", "--output=pages/", "--partition=dev")
    assert code == 0 and "dev accuracy" in out and (tmp_path / "pages" / "report-one-two.html").is_file()


def test_the_page_of_one_run_is_written_anew(call: Call, tmp_path: Path) -> None:
    folder = read_run("one").folder
    (folder / "report.html").unlink(missing_ok=True)
    code, out, err = call("report", "one")
    assert (code, out) == (0, f"{folder / 'report.html'}\n"), err
    assert "<!doctype html>" in (folder / "report.html").read_text()
    code, out, err = call("report", "one", "--output=elsewhere.html", "--json")
    assert code == 0 and json.loads(out)["report"] == "elsewhere.html" and (tmp_path / "elsewhere.html").is_file()


def test_two_runs_are_compared_and_nothing_is_trained(call: Call, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    code, out, err = call("compare", "one", "two")
    assert code == 0 and "exact McNemar test on the same 5 test pictures" in out and "epochs: 1 and 3" in out, err
    code, out, err = call("compare", "--json", "one", "two", "--partition=dev")
    found = json.loads(out)
    assert code == 0 and found["partition"] == "dev" and found["differing"]["epochs"] == ["1", "3"]
    assert found["lost"] + found["won"] <= found["samples"] and found["first"] == "one"
    assert set(tmp_path.rglob("*")) == before


def test_what_cannot_be_compared_is_said_in_one_line(call: Call, tmp_path: Path) -> None:
    def refused(*args: str, code: int = 2) -> str:
        got, out, err = call(*args)
        assert got == code and out == "" and "Traceback" not in err, (got, out, err)
        return err

    assert "are the same run" in refused("compare", "one", "one")
    assert "nnlab report one one_1 two" in refused("compare", "one", "one_1", "two")
    assert "--epochs: has no part" in refused("compare", "one", "two", "--epochs=3")
    assert "no run here" in refused("compare", "one", "nowhere", code=5)
    assert len(refused("report", "nowhere", "neither", code=5).splitlines()) == 2
    assert "no run named" in refused("report")
    folder = read_run("two").folder
    (folder / "summary.json").write_text("{ damaged")
    assert "summary.json" in refused("report", "one", "two", code=5)
    (folder / "summary.json").unlink()
    (folder / "metrics.jsonl").unlink()
    assert "has recorded no epoch yet" in refused("report", "one", "two", code=5)


@pytest.mark.parametrize(
    ("args", "runs"),
    [
        ("a b", True),
        ("--json a b", True),
        ("a b --partition dev", True),
        ("--partition dev photos --epochs=3", False),
        ("photos", False),
        ("photos --layers 8 4", False),
        ("--backends numpy,torch photos", False),
        ("", False),
        ("a b c", True),
    ],
)
def test_two_words_are_runs_and_one_is_a_dataset(args: str, runs: bool) -> None:
    assert are_runs(args.split()) == runs
