import json
import math

import pytest

from nnlab.metrics.classes import Classes
from nnlab.metrics.interval import wilson
from nnlab.metrics.residuals import R2, AbsoluteError
from nnlab.tracking.files import to_json
from nnlab.tracking.summary import document, summarise
from nnlab.training.record import Score


def test_the_document_is_the_contract_s(made):
    result = made.result(step_times={"count": 3})
    summary = summarise(result, 40, Classes, id="main", run="runs/x", backend="numpy", device="cpu",
                        dtype="float32", model="NLayers",
                        gradient_checks={"run": 1, "worst_distance": 1e-8, "failed": 0})  # fmt: skip
    assert summary == {
        "id": "main",
        "run": "runs/x",
        "backend": "numpy",
        "device": "cpu",
        "dtype": "float32",
        "model": "NLayers",
        "parameters": 40,
        "params_per_sample": 5.0,
        "epochs_run": 2,
        "training": {"loss": 0.5, "accuracy": 0.875, "samples": 8},
        "dev": {"loss": 0.75, "accuracy": 0.5, "samples": 4},
        "test": {"loss": 0.625, "accuracy": 0.75, "samples": 4},
        "best_epoch": 2,
        "early_stop_epoch": None,
        "stopped": "finished",
        "avoidable_bias": 0.125,
        "variance": 0.375,
        "elapsed_s": 1.5,
        "phases_s": {"load": 0.25, "forward": 0.5, "backward": 0.0, "update": 0.0, "evaluate": 0.0, "checks": 0.125},
        "step_times": {"count": 3},
        "peak_memory_mb": 90.0,
        "gradient_checks": {"run": 1, "worst_distance": 1e-8, "failed": 0},
    }


def test_what_there_is_not_is_null(made):
    summary = summarise(made.result(history=(), final={}, best_epoch=None, stopped="interrupted"), 40, Classes)
    missing = ("training", "dev", "test", "avoidable_bias", "variance", "params_per_sample", "id", "best_epoch")
    assert [summary[key] for key in missing] == [None] * len(missing)


def test_a_run_that_failed_later_still_tells_its_parameters_per_sample(made):
    assert summarise(made.result(final={}), 40, Classes)["params_per_sample"] == 5.0


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_null_in_json(made, loss):
    summary = summarise(made.result(final={"training": Score(loss, {"accuracy": 0.5}, 8)}), 40, Classes)
    told = json.loads(to_json(document([summary])))
    assert told["schema_version"] == 1
    assert told["experiments"][0]["training"] == {"loss": None, "accuracy": 0.5, "samples": 8}


def test_a_share_stands_with_its_interval_and_the_level_of_chance(made):
    final = {
        "training": Score(0.5, {"accuracy": 0.875}, 80),
        "dev": Score(0.75, {"accuracy": 0.5}, 4),
        "test": Score(0.6, {"accuracy": 0.25}, 400),
    }
    summary = summarise(made.result(final=final), 40, Classes, chance={"training": 0.5, "dev": 0.4, "test": 0.5})
    assert summary["dev"]["interval"] == list(wilson(0.5, 4))
    assert [summary[part]["chance"] for part in final] == [0.5, 0.4, 0.5]
    # 0.5 of 4 may be 0.15 to 0.85; 0.25 of 400 is worse than guessing, so no better either
    assert [summary[part]["no_better_than_guessing"] for part in final] == [False, True, True]
    assert summary["dev"]["accuracy"] == 0.5 and summary["dev"]["samples"] == 4


def test_without_a_level_of_chance_nothing_is_said_of_it(made):
    nan = summarise(made.result(final={"dev": Score(0.5, {"accuracy": math.nan}, 8)}), 40, Classes, chance={"dev": 0.5})
    assert set(nan["dev"]) == {"loss", "accuracy", "samples"}


def test_an_error_has_no_bias_and_its_variance_is_how_much_worse_dev_is(made):
    final = {
        "training": Score(0.5, {"mae": 1.5, "r2": 0.75}, 8),
        "dev": Score(0.75, {"mae": 2.0, "r2": math.nan}, 4),
        "test": Score(0.625, {"mae": 1.75, "r2": 0.5}, 4),
    }
    summary = summarise(made.result(final=final), 40, AbsoluteError)
    assert (summary["avoidable_bias"], summary["variance"]) == (None, 0.5)
    assert summary["training"] == {"loss": 0.5, "mae": 1.5, "r2": 0.75, "samples": 8}
    assert json.loads(to_json(summary))["dev"] == {"loss": 0.75, "mae": 2.0, "r2": None, "samples": 4}


def test_a_figure_of_which_more_is_better_and_that_is_no_share_has_a_variance_alone(made):
    final = {"training": Score(0.5, {"r2": 0.75}, 8), "dev": Score(0.75, {"r2": 0.5}, 4)}
    summary = summarise(made.result(final=final), 40, R2)
    assert (summary["avoidable_bias"], summary["variance"]) == (None, 0.25)
