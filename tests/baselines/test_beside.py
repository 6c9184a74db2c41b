"""How baselines are fitted and judged: bounded, by the run's metrics, never failing it."""

import json
import logging

import numpy as np
import pytest
from PIL import Image

from nnlab.baselines import beside as room
from nnlab.baselines.base import BASELINES, Baseline
from nnlab.baselines.regression import Mean
from nnlab.cli.main import main
from nnlab.tasks.regression import Regression
from nnlab.tracking.run import read_run


@pytest.fixture
def slopes(tmp_path, monkeypatch):
    """Pictures 4x4 of one grey, whose value is that grey: a line through the pixels is perfect."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "slopes"
    folder.mkdir()
    rows = ["file,grey"]
    for number in range(60):
        Image.fromarray(np.full((4, 4), 4 * number, np.uint8)).save(folder / f"{number:02}.png")
        rows.append(f"{number:02}.png,{4 * number}")
    (folder / "targets.csv").write_text("\n".join(rows) + "\n")
    return folder


TYPED = ("--task=Regression", "--model=OneLayer", "--resize=4", "--grayscale", "--epochs=2", "-q")


def trained(folder, *more):
    assert main(["train", str(folder), *TYPED, *more]) == 0
    return read_run("runs/latest")


def test_they_stand_in_the_table_the_summary_and_the_page(slopes, capfd):
    run = trained(slopes)
    out = capfd.readouterr().out
    found = run.summary["baselines"]
    assert (found["partition"], found["samples"], found["fitted_on"]) == ("test", 9, 42)
    mean, ridge = found["rows"]
    assert [mean["name"], ridge["name"]] == ["mean", "ridge"] and mean["about"]
    greys = {row["source"]: row["actual"]["grey"] for row in run.predictions if row["partition"] == "test"}
    dev = {row["source"]: row["actual"]["grey"] for row in run.predictions if row["partition"] == "dev"}
    every = {f"{number:02}.png": 4.0 * number for number in range(60)}
    centre = np.mean([grey for name, grey in every.items() if name not in greys and name not in dev])
    assert mean["mae"] == pytest.approx(np.abs(np.array(list(greys.values())) - centre).mean())
    assert ridge["mae"] < 0.1 and ridge["r2"] > 0.9999
    line = next(line for line in out.splitlines() if line.startswith("  ridge"))
    head = next(line for line in out.splitlines() if "MAE" in line)
    assert line.index(f"{ridge['mae']:.4g}") + len(f"{ridge['mae']:.4g}") == head.index("MAE") + 3
    page = (run.folder / "report.html").read_text()
    assert "Without a network" in page and "a ridge regression on the pixels" in page
    assert main(["train", str(slopes), *TYPED, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["experiments"][0]["baselines"]["rows"] == found["rows"]


def test_without_test_they_are_judged_on_dev(slopes):
    found = trained(slopes, "--partitions=0.8,0.2,0").summary["baselines"]
    assert (found["partition"], found["samples"]) == ("dev", 12)


def test_samples_are_bounded_and_spread(slopes, monkeypatch):
    monkeypatch.setattr(room, "MOST_VALUES", 16 * 7)  # seven pictures
    monkeypatch.setattr(room, "MOST_SAMPLES", 8)
    seen = []

    class Watching(Mean):
        def fit(self, inputs, truths):
            seen.append([inputs.shape, len(truths), np.ptp(inputs[:, 0, 0, 0])])
            super().fit(inputs, truths)

        def answers(self, inputs):
            seen.append(len(inputs))
            return super().answers(inputs)

    monkeypatch.setitem(BASELINES._table, Regression, lambda task, names, network: [Watching()])
    found = trained(slopes).summary["baselines"]
    assert (found["fitted_on"], found["samples"]) == (7, 8)
    (shape, count, apart), *asked = seen
    assert shape == (7, 4, 4, 1) and count == 7 and asked == [7, 1]
    assert apart > 0.8  # from the first sample to the last


def test_one_that_fails_is_left_out_and_said(slopes, monkeypatch):
    class Broken(Baseline):
        name, about = "broken", "fails"

        def fit(self, inputs, truths):
            raise np.linalg.LinAlgError("did not converge")

        def answers(self, inputs):
            raise AssertionError

    monkeypatch.setitem(BASELINES._table, Regression, lambda task, names, network: [Broken(), Mean()])
    run = trained(slopes)
    assert [row["name"] for row in run.summary["baselines"]["rows"]] == ["mean"]
    assert "the baseline broken failed: LinAlgError: did not converge" in (run.folder / "log.txt").read_text()


def test_a_figure_that_is_none_is_null(slopes, monkeypatch, caplog):
    class Nothing(Mean):
        def answers(self, inputs):
            rows = super().answers(inputs)
            return type(rows)(np.full_like(rows.numbers, np.nan))

    monkeypatch.setitem(BASELINES._table, Regression, lambda task, names, network: [Nothing()])
    with caplog.at_level(logging.WARNING):
        assert trained(slopes).summary["baselines"]["rows"][0]["mae"] is None
    assert not caplog.records


def test_a_task_without_has_none(slopes, capfd, repository):
    assert main(["train", "colors", f"--datasets-path={repository / 'datasets'}", "--model=OneLayer", "--resize=4",
                 "--epochs=1", "-q"]) == 0  # fmt: skip
    assert "without a network" not in capfd.readouterr().out
    run = read_run("runs/latest")
    assert "baselines" not in run.summary and "Without a network" not in (run.folder / "report.html").read_text()
