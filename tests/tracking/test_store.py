import dataclasses
import json
import os
import re

import numpy as np
import pytest

from nnlab.core.errors import RunError
from nnlab.tracking.latest import point_at
from nnlab.tracking.run import read_run
from nnlab.tracking.store import RunStore, digest, file_name
from nnlab.training.record import Checkpoint

CONFIG = 'model = "NLayers"\nepochs = 2\n'


UNIT = {"layer": "dense_1", "unit": 0, "mean": 0.5, "deviation": 0.25, "weight_norm": None}
FRESH = Checkpoint(history=(), steps=0, state={}, optimizer_state={}, best_state=None)


def begun(runs_dir, exp_id="main"):
    store = RunStore.create(runs_dir, exp_id, CONFIG)
    store.begin(FRESH)
    return store


@pytest.fixture
def store(tmp_path):
    store = begun(tmp_path / "runs")
    yield store
    store.close()


def test_the_folder_is_named_by_date_experiment_and_configuration(store, tmp_path):
    assert re.fullmatch(r"\d{8}-\d{6}-main-[0-9a-f]{8}", store.folder.name)
    assert store.folder.parent == tmp_path / "runs"
    assert (store.folder / "config.toml").read_text() == CONFIG
    same = RunStore.create(tmp_path / "runs", "main", CONFIG)
    other = RunStore.create(tmp_path / "runs", "main", CONFIG + "seed = 1\n")
    hashes = [re.search(r"main-([0-9a-f]{8})", each.folder.name)[1] for each in (store, same, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_two_runs_in_the_same_second_get_two_folders(tmp_path, monkeypatch):
    monkeypatch.setattr("time.strftime", lambda layout, *when: "20261122-153012")
    names = [RunStore.create(tmp_path, "main", CONFIG).folder.name for _ in range(3)]
    assert names[0].startswith("20261122-153012-main-")
    assert names[1:] == [f"{names[0]}-2", f"{names[0]}-3"]


@pytest.mark.parametrize(
    ("exp_id", "name"),
    [
        ("main", "main"),
        ("a/b\\c d", "a_b_c_d"),
        ("../..", "run"),
        ("été_1", "été_1"),
        ("x" * 99, "x" * 60),
        ("\U00020000" * 99, "\U00020000" * 30),  # four bytes each
        ("", "run"),
    ],
)
def test_an_experiment_s_id_becomes_a_file_name(exp_id, name):
    assert file_name(exp_id) == name


def test_latest_points_at_the_newest(tmp_path, store):
    newer = RunStore.create(tmp_path / "runs", "zzz", CONFIG)
    assert (tmp_path / "runs" / "latest").resolve() == store.folder  # the newer one cannot be resumed yet
    newer.begin(FRESH)
    assert (tmp_path / "runs" / "latest").resolve() == newer.folder
    assert read_run(tmp_path / "runs" / "latest").name == newer.folder.name


def test_where_links_cannot_be_latest_is_a_file_with_the_name(tmp_path, monkeypatch):
    def no_links(*args, **options):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.symlink_to", no_links)
    store = begun(tmp_path)
    assert (tmp_path / "latest").read_text() == store.folder.name + "\n"
    assert read_run(tmp_path / "latest").folder == store.folder
    empty = begun(tmp_path, "zzz")
    assert read_run(tmp_path / "latest").folder == empty.folder
    empty.discard()
    assert read_run(tmp_path / "latest").folder == store.folder


def test_a_folder_in_the_place_of_latest_is_left_alone_and_said(tmp_path, caplog):
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "note.txt").write_text("mine")
    store = begun(tmp_path)
    store.discard()
    assert (tmp_path / "latest" / "note.txt").read_text() == "mine"
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'latest'} is a folder, not a link, and stays as it is: the newest run is {store.folder}"
    ]


def test_what_others_put_in_the_place_of_a_trial_or_draft_is_not_followed(tmp_path):
    (tmp_path / "mine").write_text("mine")
    for name in (f".probe-{os.getpid()}", f".summary.json.{os.getpid()}.part", f".latest.{os.getpid()}.part"):
        (tmp_path / name).symlink_to(tmp_path / "mine")
    RunStore.probe(tmp_path)
    store = begun(tmp_path)
    store.add_summary({})
    assert (tmp_path / "mine").read_text() == "mine"


def test_metrics_have_a_line_per_epoch_and_partition(store, made):
    store.add_epoch(made.epoch(1))
    store.add_epoch(made.epoch(2, loss=float("nan"), dev=None))
    shared = {"best": True, "seconds": 0.25, "memory_mb": 50.0, "phases_s": {"load": 0.125}, "waiting": 0.5}
    shared["memory_phases_mb"] = {"forward": 40.5}
    assert read_run(store.folder).metrics == [
        {"epoch": 1, "partition": "training", "loss": 0.5, "accuracy": 0.875, "samples": 8, "penalty": 0.125} | shared,
        {"epoch": 1, "partition": "dev", "loss": 0.75, "accuracy": 0.5, "samples": 4} | shared,
        {"epoch": 2, "partition": "training", "loss": None, "accuracy": 0.875, "samples": 8, "penalty": 0.125} | shared,
    ]


def test_weights_and_state_come_back_with_what_they_are(store, made):
    result = made.result()
    store.add_weights(result, {"model": "NLayers", "classes": ("a", "b", "c"), "sample_shape": (2,)})
    run = read_run(store.folder)
    best, about = run.weights()
    assert about == {"model": "NLayers", "classes": ["a", "b", "c"], "sample_shape": [2], "epoch": 2}
    assert best["dense_1.weight"].dtype == np.float32
    np.testing.assert_array_equal(best["dense_1.weight"], result.best_state["dense_1.weight"])
    np.testing.assert_array_equal(run.weights("last")[0]["dense_1.weight"], np.ones((2, 3)))
    assert run.checkpoint()[0].optimizer_state["step"] == 2
    assert run.state == {
        "epochs": 2,
        "epochs_run": 2,
        "steps": 2,
        "unfinished_steps": 0,
        "best_epoch": 2,
        "early_stop_epoch": None,
        "stopped": "finished",
        "config": digest(CONFIG),
    }


def test_a_run_without_a_whole_epoch_has_no_best_weights(store, made):
    store.add_weights(made.result(history=(), best_state=None, best_epoch=None), {})
    assert [path.name for path in (store.folder / "weights").iterdir()] == ["last.safetensors"]


def test_a_result_without_a_state_to_go_on_from_leaves_the_one_that_was_saved(store, made):
    store.add_weights(made.result(), {})
    store.add_weights(made.result(checkpoint=None, history=(made.epoch(1),)), {})
    run = read_run(store.folder)
    assert len(run.checkpoint()[0].history) == 2
    assert run.state["epochs_run"] == 1


def test_going_on_begins_with_what_was_recorded_until_the_checkpoint(store, tmp_path, made):
    for number in (1, 2, 3):
        store.add_epoch(made.epoch(number))
        store.add_check({"epoch": number, "verdict": "ok"})
        store.add_tracked({"epoch": number, **UNIT})
        store.add_minibatch({"epoch": number, "batch": 0})
    store.close()
    resumed = RunStore.create(tmp_path / "runs", "main", CONFIG)
    resumed.begin(made.result().checkpoint, {"model": "NLayers"}, after=store.folder)  # of two epochs
    resumed.close()
    old, new = read_run(store.folder), read_run(resumed.folder)
    assert new.metrics == old.metrics[:4]
    assert [row["epoch"] for row in new.checks] == [row["epoch"] for row in new.tracked] == [1, 2]
    assert len((resumed.folder / "minibatches.jsonl").read_text().splitlines()) == 2
    assert new.checkpoint()[1] == {"model": "NLayers", "config": digest(CONFIG)}


def test_going_on_amid_an_epoch_takes_over_what_was_recorded_of_it(store, tmp_path, made):
    for step in range(1, 7):  # three in an epoch
        epoch, batch = divmod(step - 1, 3)
        store.add_check({"epoch": epoch + 1, "step": step, "verdict": "ok"})
        store.add_minibatch({"epoch": epoch + 1, "batch": batch})
    store.close()
    left = {"batches": np.array(2)}
    checkpoint = dataclasses.replace(made.result().checkpoint, history=(made.epoch(1),), steps=5, open_epoch=left)
    resumed = RunStore.create(tmp_path / "runs", "main", CONFIG)
    resumed.begin(checkpoint, after=store.folder)
    resumed.close()
    assert [row["step"] for row in read_run(resumed.folder).checks] == [1, 2, 3, 4, 5]
    assert len((resumed.folder / "minibatches.jsonl").read_text().splitlines()) == 5


def test_a_kill_while_a_run_takes_over_leaves_latest_at_the_one_that_has_a_state(store, tmp_path, made, monkeypatch):
    for number in (1, 2):
        store.add_check({"epoch": number, "verdict": "ok"})
    store.close()
    resumed = RunStore.create(tmp_path / "runs", "zzz", CONFIG)
    monkeypatch.setattr(resumed, "add_checkpoint", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        resumed.begin(made.result().checkpoint, after=store.folder)
    resumed.close()
    assert (tmp_path / "runs" / "latest").resolve() == store.folder
    assert len(read_run(resumed.folder).checks) == 2  # and they were there before the state was


def test_the_log_has_a_time_on_every_line_and_a_message_is_one(store):
    store.log("first \x1b[2J\nsecond")
    store.log("third")
    lines = (store.folder / "log.txt").read_text().splitlines()
    assert [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", "", line) for line in lines] == [
        "first \\x1b[2J\\nsecond",
        "third",
    ]


def test_the_environment_is_there_from_the_beginning(store):
    document = json.loads((store.folder / "environment.json").read_text())
    assert document["packages"]["numpy"] == np.__version__


def test_a_file_where_the_folder_should_be_is_said_before_any_work(tmp_path):
    (tmp_path / "runs").write_text("in the way")
    for attempt in (RunStore.probe, lambda folder: RunStore.create(folder, "main", CONFIG)):
        with pytest.raises(RunError) as caught:
            attempt(tmp_path / "runs")
        assert str(caught.value) == (
            f"{tmp_path / 'runs'}: cannot write (file exists); choose another folder with --runs-dir"
        )
    with pytest.raises(RunError, match="not a directory"):
        RunStore.probe(tmp_path / "runs" / "below")


def test_a_full_disk_is_found_before_any_work_and_leaves_nothing(tmp_path, full_disk):
    full_disk()
    with pytest.raises(RunError, match=re.escape("cannot write (no space left on device)")) as caught:
        RunStore.probe(tmp_path)
    assert caught.value.where == str(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_for_the_weights_is_found_before_any_work(tmp_path):
    RunStore.probe(tmp_path, needed_bytes=1)
    with pytest.raises(RunError, match=r"the run needs about 1000000000000 MB and \d+ MB are free"):
        RunStore.probe(tmp_path, needed_bytes=10**18)


def test_a_run_that_recorded_nothing_is_discarded_and_latest_goes_back(tmp_path, store, made):
    empty = begun(tmp_path / "runs", "zzz")
    empty.log("bad data")
    empty.discard()
    assert not empty.folder.exists()
    assert (tmp_path / "runs" / "latest").resolve() == store.folder
    store.add_epoch(made.epoch(1))
    store.discard()
    assert store.folder.exists()  # it has an epoch


def test_discarding_the_only_run_leaves_no_latest(store):
    store.discard()
    assert list(store.folder.parent.iterdir()) == []


def test_the_link_is_replaced_in_one_move(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    point_at(tmp_path, "old")
    point_at(tmp_path, "new")
    assert (tmp_path / "latest").readlink().name == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "new", "old"]


def test_what_the_model_was_made_of_is_kept_byte_for_byte(tmp_path) -> None:
    store = RunStore.create(tmp_path, "main", CONFIG)
    store.add_files({"one.bin": b"\x00\r\n", "other.bin": b""})
    assert {path.name: path.read_bytes() for path in store.folder.glob("*.bin")} == {
        "one.bin": b"\x00\r\n",
        "other.bin": b"",
    }
    assert not list(store.folder.glob(".*"))  # no drafts


def test_a_trial_leaves_no_folder_that_was_not_there(tmp_path):
    RunStore.probe(tmp_path / "runs" / "deep")
    assert list(tmp_path.iterdir()) == []
