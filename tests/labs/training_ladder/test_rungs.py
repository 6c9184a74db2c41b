"""Which rungs there are, and what each changes."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.training_ladder.plan import ladder_of
from nnlab.labs.training_ladder.rungs import BASES, CUDA, MAS, NUMPY, TORCH, chosen


def names(*asked: str, engines=("torch", "numpy")) -> dict[str, list[str]]:
    return {engine: [rung.name for rung in rungs] for engine, rungs in chosen(asked, engines).items()}


def test_groups_and_names_come_in_the_ladder_s_order() -> None:
    every = names("all")
    assert every["torch"] == [rung.name for rung in (*TORCH, *CUDA)]
    assert every["numpy"] == [rung.name for rung in NUMPY]
    assert names("mas")["torch"] == [rung.name for rung in (*TORCH, *MAS)]
    assert not set(names("cpu")["torch"]) & {rung.name for rung in CUDA}
    assert names("bf16", "none", "Fused") == {"torch": ["none", "fused", "bf16"]}


def test_an_unknown_rung_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"--rungs: unknown rung 'chanels_last'; did you mean channels_last"):
        chosen(["chanels_last"], ["torch"])
    with pytest.raises(UsageError, match="unknown rung 'bf16'"):
        chosen(["bf16"], ["numpy"])


def test_every_rung_changes_one_setting_of_the_first_but_for_those_that_do_nothing() -> None:
    for engine, rungs in (("torch", TORCH), ("numpy", NUMPY), ("torch", MAS)):
        first = {**BASES[engine][1], "max_minibatch_size": 32, "accumulate": 1}
        for rung in rungs:
            changed = {key for key, value in rung.on(first).items() if value != first[key]}
            halves = {"accumulate", "max_minibatch_size"}  # the same samples in a step
            expected = 0 if rung in MAS or rung.name == "no_conv_bias" else 1
            assert changed == halves if rung.name == "accumulate" else len(changed) == expected, rung.name


def test_a_row_for_the_first_for_the_same_again_for_each_alone_and_for_those_upon_each_other() -> None:
    rows = ladder_of(chosen(["none", "foreach", "fused", "checkpoint"], ["torch"]), 32)
    assert [row.name for row in rows] == [
        "torch zero", "torch zero again", "torch none", "torch foreach", "torch fused", "torch checkpoint",
        "torch ... + foreach", "torch ... + fused",
    ]  # fmt: skip
    assert rows[0].settings == rows[1].settings and rows[0].base == "" and rows[1].base == "torch zero"
    by_name = {row.name: row for row in rows}
    assert by_name["torch fused"].settings["tuning"] == ("zero-grad", "channels-first")
    assert by_name["torch ... + fused"].settings["tuning"] == ("channels-first",)
    assert [(row.before, row.base) for row in rows[2:]] == [
        ("torch zero again", "torch zero"), ("torch none", "torch zero"), ("torch foreach", "torch zero"),
        ("torch fused", "torch zero"), ("torch none", "torch zero"), ("torch ... + foreach", "torch zero"),
    ]  # fmt: skip


def test_rungs_of_cuda_are_asked_for_on_that_device_and_stand_under_none() -> None:
    rows = ladder_of(chosen(["fused", "cuda_tf32", "bf16"], ["torch"]), 32)
    assert {row.name: row.settings["device"] for row in rows}["torch cuda_tf32"] == "cuda"
    assert [row.name for row in rows if row.stacked] == ["torch ... + bf16"]
