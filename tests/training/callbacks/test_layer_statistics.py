import math
import mmap

import numpy as np
import pytest

from nnlab.training.callback import Callback
from nnlab.training.callbacks import layer_statistics, phase_memory
from nnlab.training.callbacks.layer_statistics import LayerStatistics
from nnlab.training.callbacks.phase_memory import PhaseMemory
from nnlab.training.clock import Phases


@pytest.fixture(autouse=True)
def _every_epoch(monkeypatch):
    """However short an epoch is."""
    monkeypatch.setattr(layer_statistics, "SHARE", 1e9)
    monkeypatch.setattr(phase_memory, "SHARE", 1e9)


def watched(training, *more, **options):
    """A trainer, and what is told of its layers."""
    callbacks, told = list(more), []
    trainer = training(callbacks=callbacks, **options)
    callbacks.append(LayerStatistics(trainer.learner.graph, told.append))
    return trainer, told


class Takes(Callback):
    """The first step of each epoch, seen for itself."""

    def __init__(self):
        self.seen, self.before, self.after = {}, {}, {}

    def step_start(self, step):
        self.first = step.batch_index == 0
        if self.first:
            self.seen, self.before = {}, step.learner.state()

    def watch(self):
        return lambda node, what, array: self.seen.setdefault((node, what), array.copy()) if self.first else None

    def step_end(self, step):
        if self.first:
            self.after = step.learner.state()


def test_figures_are_those_of_each_epochs_first_step(training):
    takes = Takes()
    trainer, told = watched(training, takes, epochs=2, batch_norm=False, dropout_rate=0.0)
    trainer.run()
    assert [len(rows) for rows in told] == [4, 4]
    rows = {row["layer"]: row for row in told[-1]}
    assert list(rows) == ["dense_1", "activation_1", "output", "softmax"]
    assert {row["epoch"] for row in rows.values()} == {2}
    dense, relu = rows["dense_1"], rows["activation_1"]
    outputs = takes.seen["dense_1", "forward"]
    names = [name for name in takes.before if name.startswith("dense_1.")]
    gradients = [takes.seen["dense_1", f"gradient {name.partition('.')[2]}"] for name in names]
    weight = math.sqrt(sum((takes.before[name] ** 2).sum() for name in names))
    moved = math.sqrt(sum(((takes.after[name] - takes.before[name]) ** 2).sum() for name in names))
    near = {"rel": 1e-4}  # float32, and six digits
    assert dense["activation"]["mean"] == pytest.approx(outputs.mean(), **near)
    assert dense["activation"]["std"] == pytest.approx(outputs.std(), **near)
    assert dense["gradient_norm"] == pytest.approx(math.sqrt(sum((g**2).sum() for g in gradients)), **near)
    assert dense["weight_norm"] == pytest.approx(weight, **near)
    assert dense["update_ratio"] == pytest.approx(moved / weight, **near)
    assert (dense["kind"], dense["units"], relu["kind"], relu["units"]) == ("Dense", 6, "LeakyReLU", 6)
    assert "gradient_norm" not in relu


def test_of_short_epochs_the_first_and_the_last_are_looked_at(training, monkeypatch):
    monkeypatch.setattr(layer_statistics, "SHARE", 1e-9)
    trainer, told = watched(training, epochs=5)
    trainer.run()
    assert [rows[0]["epoch"] for rows in told] == [1, 5]


def test_a_run_with_it_equals_a_run_without(training):
    plain = training(epochs=3).run()
    looked = watched(training, PhaseMemory(), epochs=3)[0].run()
    for name, values in plain.last_state.items():
        np.testing.assert_array_equal(values, looked.last_state[name])
    assert [r.training for r in plain.history] == [r.training for r in looked.history]


def test_a_gradient_of_a_part_of_a_step_is_that_of_its_own_minibatch(training):
    options = {"epochs": 1, "batch_norm": False, "dropout_rate": 0.0}
    trainer, whole = watched(training, **options)
    trainer.run()
    trainer, part = watched(training, **options)
    trainer.accumulate = 2
    backprop, shares = trainer.learner.backprop, []

    def learn(batch, *, part, **options):
        shares.append(part.share)
        return backprop(batch, part=part, **options)

    trainer.learner.backprop = learn
    trainer.run()
    assert shares == [0.5, 0.5]
    for one, other in zip(whole[0], part[0], strict=True):
        assert one.get("gradient_norm", 0) == pytest.approx(other.get("gradient_norm", 0), rel=1e-4)
        assert one.get("weight_norm") == other.get("weight_norm")
        assert one["activation"] == other["activation"]
    assert whole[0][0]["update_ratio"] > 0 < part[0][0]["update_ratio"]


def test_records_are_told_when_the_first_step_is_done_and_nothing_is_kept_for_a_state(training):
    class Leaves(Callback):
        def between_steps(self):
            raise KeyboardInterrupt

    trainer, told = watched(training, Leaves(), epochs=2)
    trainer.run()
    assert [(row["epoch"], row["step"]) for rows in told for row in rows] == [(1, 1)] * len(told[0])
    assert trainer.callbacks[-1].state() == {}


def test_memory_is_met_in_every_phase_of_each_epoch(training):
    result = training(epochs=2, callbacks=[PhaseMemory()]).run()
    for record in result.history:
        assert set(record.memory_phases_mb) == {"load", "forward", "backward", "update", "evaluate"}
        assert (
            10
            < min(record.memory_phases_mb.values())
            <= max(record.memory_phases_mb.values())
            <= record.peak_memory_mb + 5
        )


def test_a_phase_keeps_the_most_and_forgets_when_asked():
    phases = Phases(("load",))
    phases.look("forward")
    held = mmap.mmap(-1, 40 << 20)  # the system's own: what was freed may be there still
    held.write(bytes(40 << 20))
    phases.look("forward")
    held.close()
    phases.look("update")
    found = phases.memory()
    assert found["forward"] > found["update"] + 20
    assert phases.memory() == {}


def test_nodes_within_an_imported_graph_are_left_to_the_layer_that_it_is(training):
    """Their names (onnx/conv_1) are no layers', and lead to none."""
    statistics = LayerStatistics(training(epochs=1).learner.graph, [].append)
    statistics._looks = True
    statistics.watch()("onnx/conv_1", "forward", np.ones((2, 3)))
    statistics.watch()("dense_1.within", "forward", np.ones((2, 3)))
    assert list(statistics._found) == ["dense_1.within"]
