"""Plans, and folders of other plans."""

import tomllib
from dataclasses import replace

import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.plan import refuse_another
from tests.labs.conftest import MakePlan


def test_a_plan_is_repeated_from_its_configuration(plan_of: MakePlan) -> None:
    plan = plan_of("a", repeats=2)
    said = tomllib.loads(plan.to_toml())
    assert said["study"] == {"lab": "study-test", "repeats": 2}
    refuse_another(plan, said, "runs/x")


def test_another_plan_is_refused_key_by_key(plan_of: MakePlan) -> None:
    plan = plan_of("a", repeats=2)
    said = tomllib.loads(plan.to_toml())
    other = replace(plan, options={"repeats": 3}, settings={**plan.settings, "run": {"exp_id": "other", "epochs": 9}})
    with pytest.raises(UsageError) as error:
        refuse_another(other, said, "runs/x")
    lines = str(error.value).splitlines()
    assert [line.split(": ")[2].split(" is ")[0] for line in lines] == ["run.epochs", "study.repeats"]
    assert "study.repeats is 2 there, and 3 here" in lines[1]


def test_what_changes_only_the_time_of_cells_is_another_plan(plan_of: MakePlan) -> None:
    plan = plan_of("a")
    said = tomllib.loads(plan.to_toml())
    elsewhere = {"run": {**plan.settings["run"], "exp_id": "other", "runs_dir": "there"}}
    refuse_another(replace(plan, settings={**plan.settings, **elsewhere}), said, "runs/x")
    slower = {"run": {**plan.settings["run"], "gradient_checks": "error", "threads": 2}}
    with pytest.raises(UsageError) as error:
        refuse_another(replace(plan, settings={**plan.settings, **slower}), said, "runs/x")
    assert "run.gradient_checks is not said there, and error here" in str(error.value)
    assert "run.threads is not said there, and 2 here" in str(error.value)
