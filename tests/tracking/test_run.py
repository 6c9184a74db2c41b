import pytest

from nnlab.core.errors import DataError
from nnlab.tracking.run import NO_RUN, read_run
from nnlab.tracking.store import RunStore


@pytest.fixture
def folder(tmp_path):
    return RunStore.create(tmp_path, "main", '[model]\nname = "NLayers"\n').folder


def test_a_run_that_is_still_training_can_be_read(folder):
    run = read_run(str(folder))
    assert run.config == {"model": {"name": "NLayers"}}
    assert (run.summary, run.state, run.metrics, run.checks, run.predictions) == (None, {}, [], [], [])


def test_no_run_here_is_said_in_one_line(tmp_path):
    with pytest.raises(DataError) as caught:
        read_run(tmp_path / "nowhere")
    assert str(caught.value) == (f"{tmp_path / 'nowhere'}: no run here (no config.toml); {NO_RUN}")


@pytest.mark.parametrize(
    ("name", "part"), [("config.toml", "config"), ("summary.json", "summary"), ("metrics.jsonl", "metrics")]
)
def test_a_damaged_file_is_named(folder, name, part):
    (folder / name).write_text("{ damaged\n")
    with pytest.raises(DataError) as caught:
        getattr(read_run(folder), part)
    assert caught.value.where == str(folder / name)


def test_missing_weights_are_named(folder):
    with pytest.raises(DataError, match="no such weights file"):
        read_run(folder).weights("best")


def test_latest_that_points_nowhere_says_where(tmp_path):
    (tmp_path / "latest").symlink_to("2026-01-01-gone")
    with pytest.raises(DataError, match="latest: is a link to 2026-01-01-gone, which is not there"):
        read_run(tmp_path / "latest")


def test_a_run_without_weights_is_not_said_to_have_ended_unless_it_has(tmp_path):
    (tmp_path / "config.toml").write_text("")
    assert "it still trains, or was killed" in read_run(tmp_path).why_no_weights()
    (tmp_path / "summary.json").write_text('{"status": "failed"}')
    assert "it ended before its first epoch did" in read_run(tmp_path).why_no_weights()
