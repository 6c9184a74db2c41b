import math

import pytest

from nnlab.core.errors import CheckError
from nnlab.core.rng import Rng
from nnlab.training.callback import Callback
from nnlab.training.trainer import Score


def dev_scored_with(trainer):
    """How many steps the weights had taken at each scoring of dev."""
    return [detail[1] for what, detail in trainer.learner.calls if what == "evaluate" and detail[0] == "dev"]


def test_a_full_batch_s_dev_score_is_of_the_weights_that_its_training_figures_are_of(scripted):
    trainer = scripted(accuracy=[0.1, 0.3, 0.6, 0.2], epochs=3)
    history = trainer.run().history
    assert [record.training.figure for record in history] == [record.dev.figure for record in history] == [
        0.1, 0.3, 0.6]  # fmt: skip
    assert dev_scored_with(trainer)[:3] == [0, 1, 2]


def test_with_several_minibatches_dev_is_scored_with_the_weights_of_the_last_training_pass(scripted):
    trainer = scripted(accuracy=[0.5], epochs=2, sizes=[10, 10, 10])
    trainer.run()
    assert dev_scored_with(trainer)[:2] == [2, 5]


def test_training_figures_count_every_sample_once_however_batches_are_cut(scripted):
    trainer = scripted(accuracy=[1.0, 0.0], loss=[1.0, 5.0], epochs=1, sizes=[30, 10])
    training = trainer.run().history[0].training
    assert training == Score(loss=(30 * 1.0 + 10 * 5.0) / 40, figures={"accuracy": 30 / 40}, samples=40)


def test_dev_figures_count_every_sample_once_however_batches_are_cut(scripted):
    trainer = scripted(accuracy=[0.5], epochs=1, dev=[10, 4])  # of the four, inputs 10..13, all are right
    assert trainer.run().history[0].dev.figure == pytest.approx(9 / 14)


def test_the_best_weights_are_scored_at_the_end_and_test_only_there_and_once(scripted):
    trainer = scripted(accuracy=[0.1, 0.9, 0.3], epochs=3)
    result = trainer.run()
    scored = [detail for what, detail in trainer.learner.calls if what == "evaluate"]
    assert result.best_epoch == 2
    assert result.best_state["weight"] == 1
    assert result.last_state["weight"] == 3
    assert {name: score.figure for name, score in result.final.items()} == dict.fromkeys(
        ("training", "dev", "test"), 0.9
    )
    assert [detail for detail in scored if detail[0] == "test"] == [("test", 1)]
    assert trainer.learner.weight == 1  # the learner is left with the best weights


def test_final_scores_are_of_the_partitions_as_they_are_not_augmented(scripted):
    trainer = scripted(accuracy=[0.5], epochs=2)
    trainer.run()
    assert trainer.data.training.asked == [1, 2, None]
    assert set(trainer.data.dev.asked) == {None}


def test_equal_accuracy_is_decided_by_the_lower_loss(scripted):
    result = scripted(accuracy=[0.5], loss=[3.0, 1.0, 2.0], epochs=3).run()
    assert result.best_epoch == 2
    assert [record.best for record in result.history] == [True, True, False]


def test_what_the_very_last_update_left_may_be_the_best(scripted):
    result = scripted(accuracy=[0.1, 0.2, 0.9], epochs=2).run()
    assert result.best_epoch == 2
    assert result.best_state["weight"] == 2
    assert result.final["dev"].figure == 0.9


def test_without_dev_the_training_figures_say_what_is_best(scripted):
    trainer = scripted(accuracy=[0.1, 0.8, 0.3], epochs=3, eval_dev=False)
    result = trainer.run()
    assert [record.dev for record in result.history] == [None] * 3
    assert result.best_state["weight"] == 1
    assert result.final["dev"].figure == 0.8  # still scored once, at the end


def test_test_stays_unopened_where_that_is_asked_for(scripted):
    assert set(scripted(accuracy=[0.5], epochs=1).run().final) == {"training", "dev", "test"}
    assert set(scripted(accuracy=[0.5], epochs=1, eval_test=False).run().final) == {"training", "dev"}


def test_an_empty_dev_partition_is_not_scored(scripted):
    result = scripted(accuracy=[0.5], epochs=1, dev=[]).run()
    assert result.history[0].dev is None
    assert set(result.final) == {"training", "test"}


CURVE = [0.5, 0.6, 0.5, 0.5, 0.9, 0.9]


def test_marking_tells_the_epoch_and_goes_on(scripted):
    result = scripted(accuracy=CURVE, epochs=5, patience=2).run()
    assert (result.early_stop_epoch, result.epochs_run, result.stopped) == (4, 5, "finished")
    assert result.best_epoch == 5


def test_stopping_stops_there_and_keeps_the_best(scripted):
    trainer = scripted(accuracy=CURVE, epochs=5, patience=2, early_stopping="stop")
    trainer.learner.script.accuracy = [0.5, 0.6, 0.5, 0.5, 0.5, 0.5]
    result = trainer.run()
    assert (result.early_stop_epoch, result.epochs_run, result.stopped) == (4, 4, "early")
    assert trainer.learner.weight == 1


def test_off_says_nothing_of_early_stopping(scripted):
    result = scripted(accuracy=CURVE, epochs=5, patience=2, early_stopping="off").run()
    assert (result.early_stop_epoch, result.epochs_run) == (None, 5)


def test_a_loss_that_is_not_a_number_trains_on_and_is_never_the_best(scripted):
    result = scripted(accuracy=[0.4, 0.9], loss=[1.0, math.nan], epochs=3).run()
    assert result.epochs_run == 3
    assert math.isnan(result.history[2].dev.loss)
    assert result.best_epoch == 1


def test_every_step_draws_from_its_own_place_under_the_model_s_seed(scripted):
    trainer = scripted(accuracy=[0.5], epochs=2, sizes=[10, 10])
    trainer.run()
    steps = [detail for what, detail in trainer.learner.calls if what == "backprop"]
    assert [rng for rng, *_ in steps] == [Rng(7).at("step", epoch, i) for epoch in (1, 2) for i in (0, 1)]
    updates = [detail for what, detail in trainer.learner.calls if what == "update"]
    assert updates == [(0, 2), (0, 2), (1, 2), (1, 2)]


class Diary(Callback):
    def __init__(self, seen, name=""):
        self.seen, self.name = seen, name

    def run_start(self, trainer):
        self.seen.append("run_start")

    def epoch_start(self, epoch):
        self.seen.append(("epoch_start", epoch))

    def step_start(self, step):
        self.seen.append(("step_start", step.epoch, step.step, step.batch_index, len(step.batch)))

    def watch(self):
        return lambda node, what, array: self.seen.append((self.name, node, what))

    def step_end(self, step):
        self.seen.append(("step_end", step.step, step.result.loss))

    def epoch_end(self, record):
        self.seen.append(("epoch_end", record.epoch, record.penalty))

    def run_end(self, result):
        self.seen.append(("run_end", result.stopped))


def test_without_dev_the_weights_of_an_epoch_are_those_of_its_last_training_pass(scripted):
    trainer = scripted(accuracy=[0.1, 0.2, 0.9, 0.1], epochs=2, sizes=[10, 10], eval_dev=False)
    result = trainer.run()
    assert [record.training.figure for record in result.history] == pytest.approx([0.15, 0.5])
    assert (result.best_epoch, result.best_state["weight"]) == (2, 3)


def test_callbacks_are_called_at_the_joints_in_order(scripted):
    seen = []
    scripted(accuracy=[0.5], epochs=1, sizes=[10, 5], callbacks=[Diary(seen)]).run()
    assert seen == [
        "run_start",
        ("epoch_start", 1),
        ("step_start", 1, 1, 0, 10),
        ("", "dense_1", "forward"),
        ("step_end", 1, 1.0),
        ("step_start", 1, 2, 1, 5),
        ("", "dense_1", "forward"),
        ("step_end", 2, 1.0),
        ("epoch_end", 1, 0.25),
        ("run_end", "finished"),
    ]


def test_several_watches_see_every_tensor_in_turn_and_none_costs_nothing(scripted):
    seen = []
    scripted(accuracy=[0.5], epochs=1, callbacks=[Diary(seen, "a"), Callback(), Diary(seen, "b")]).run()
    assert [entry[0] for entry in seen if entry[1:] == ("dense_1", "forward")] == ["a", "b"]
    unwatched = scripted(accuracy=[0.5], epochs=1, callbacks=[Callback()])
    unwatched.run()
    assert unwatched.learner.calls[0][1][1] is None


def test_ctrl_c_amid_an_epoch_ends_with_what_whole_epochs_gave(scripted):
    def interrupt(step):
        if step == 6:
            raise KeyboardInterrupt

    seen = []
    trainer = scripted(accuracy=[0.1, 0.2, 0.7], epochs=9, sizes=[10, 10], on_learn=interrupt, callbacks=[Diary(seen)])
    result = trainer.run()
    assert (result.stopped, result.signal, result.epochs_run) == ("interrupted", None, 2)
    assert (result.steps, result.unfinished_steps) == (5, 1)
    assert result.last_state["weight"] == 5
    assert result.final["test"].figure == 0.7
    assert seen[-1] == ("run_end", "interrupted")


def test_an_interrupt_before_the_first_epoch_s_end_leaves_nothing_to_score(scripted):
    def interrupt(step):
        raise KeyboardInterrupt(15)

    result = scripted(accuracy=[0.1], epochs=2, on_learn=interrupt).run()
    assert (result.stopped, result.signal, result.epochs_run) == ("interrupted", 15, 0)
    assert (result.final, result.best_state, result.best_epoch) == ({}, None, None)


def test_a_second_interrupt_while_scoring_is_let_through(scripted):
    def interrupt(step):
        if step == 2:
            trainer.learner.evaluate = raise_interrupt
            raise KeyboardInterrupt

    def raise_interrupt(batch, **options):
        raise KeyboardInterrupt

    trainer = scripted(accuracy=[0.1], epochs=3, on_learn=interrupt)
    with pytest.raises(KeyboardInterrupt):
        trainer.run()


def test_a_first_interrupt_in_the_final_scores_keeps_the_training(scripted):
    trainer = scripted(accuracy=[0.5], epochs=1)

    def evaluate(batch, answer=trainer.learner.evaluate, **options):
        if batch.sources[0].startswith("test"):
            raise KeyboardInterrupt
        return answer(batch, **options)

    trainer.learner.evaluate = evaluate
    result = trainer.run()
    assert (result.stopped, result.epochs_run, set(result.final)) == ("interrupted", 1, {"dev"})


def test_after_an_error_what_there_is_can_be_had(scripted):
    class Stops(Callback):
        def step_start(self, step):
            if step.step == 3:
                raise CheckError("wrong gradient", where="dense_1.weight")

    trainer = scripted(accuracy=[0.1, 0.2], epochs=5, callbacks=[Stops()])
    with pytest.raises(CheckError):
        trainer.run()
    result = trainer.result("failed")
    assert (result.stopped, result.epochs_run, result.last_state["weight"]) == ("failed", 2, 2)
    assert result.best_state["weight"] == 1


def test_answers_name_every_sample_and_add_up_to_the_score(scripted):
    class Takes(Callback):
        def __init__(self):
            self.sources, self.answers, self.losses = [], [], []

        def answered(self, partition, batch, answers, losses):
            if partition == "dev":
                self.sources += batch.sources
                self.losses += losses.tolist()
                self.answers += [answer.index for answer in answers]

    takes = Takes()
    result = scripted(accuracy=[0.7], epochs=1, dev=[10, 3], callbacks=[takes]).run()
    assert takes.sources == [f"dev/{i}.png" for i in range(13)]
    assert takes.answers == [0] * 7 + [1] * 3 + [0] * 3
    assert takes.losses == [result.final["dev"].loss] * 13
    assert result.final["dev"].figure == pytest.approx(10 / 13)


def test_time_and_memory_are_accounted_for(scripted):
    result = scripted(accuracy=[0.5], epochs=2, sizes=[10, 10]).run()
    assert result.phases_s["forward"] == 2.0  # the learner says half a second for each of four steps
    assert [record.phases_s["forward"] for record in result.history] == [1.0, 1.0]
    assert result.elapsed_s >= sum(record.seconds for record in result.history) > 0
    assert result.peak_memory_mb >= result.history[-1].memory_mb * 0.5 > 0


def test_accumulated_batches_make_one_step_each_sample_counting_the_same(scripted):
    """The epoch of five batches is two steps: of three, and of the two that are left."""
    seen = []

    class Steps(Callback):
        def step_start(self, step):
            seen.append((step.step, step.batch_index))

        def between_steps(self):
            seen.append("between")

    trainer = scripted(accuracy=[0.5], epochs=1, sizes=[10, 10, 5, 10, 6], accumulate=3, callbacks=[Steps()])
    result = trainer.run()
    calls = [call for call in trainer.learner.calls if call[0] in {"backprop", "update"}]
    assert [what for what, _ in calls] == ["backprop"] * 3 + ["update"] + ["backprop"] * 2 + ["update"]
    shares = [(detail[2].share, detail[2].first) for what, detail in calls if what == "backprop"]
    assert shares == [(0.4, True), (0.4, False), (0.2, False), (0.625, True), (0.375, False)]
    assert seen == [(1, 0), (1, 1), (1, 2), "between", (2, 3), (2, 4)]
    assert (result.steps, result.history[0].training.samples) == (2, 41)


def test_an_interrupt_amid_an_accumulated_step_changes_no_weight(scripted):
    def interrupt(step):
        if len(trainer.learner.calls) >= 4:  # backprop, backprop, update, backprop
            raise KeyboardInterrupt

    trainer = scripted(accuracy=[0.5], epochs=1, sizes=[10] * 4, accumulate=2, on_learn=interrupt)
    result = trainer.run()
    assert (result.stopped, result.steps, result.unfinished_steps) == ("interrupted", 1, 1)
    assert result.last_state["weight"] == 1
