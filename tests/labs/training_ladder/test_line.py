"""What may be said of a rung, of times that are made up."""

from pathlib import Path

import pytest

from nnlab.labs.training_ladder.line import LadderLine
from nnlab.labs.training_ladder.plan import ladder_of
from nnlab.labs.training_ladder.rungs import chosen
from nnlab.labs.training_ladder.steady import measure, ratios, spread
from nnlab.labs.training_ladder.table import HEAD, document, notes, sentences, table_rows

STEPS = ladder_of(chosen(["none", "bf16", "threads=2"], ["torch"]), 32)


def row(cell: str, number: int, ms: float, *, cpu: float = 10.0, peak: float = 100.0, first: float = 0.1):
    result = {"ms": [ms, ms, ms], "cpu_ms": [cpu] * 3, "peak_mb": peak, "first_step_s": first, "disturbed": 0.0,
              "biased_convolutions": 0, "load_s": 1.0}  # fmt: skip
    return {"cell": cell, "repeat": number, "status": "done", "result": result}


def exact(cell: str, *losses: float):
    return {"cell": f"{cell}, float64", "repeat": 1, "status": "done", "result": {"losses": list(losses)}}


def line(name: str, rows) -> LadderLine:
    return LadderLine(next(step for step in STEPS if step.name == name), rows, Path(), STEPS)


def passes(again=(10.2, 9.9), **others):
    """Two passes of the first rung at 10 ms, of the same again, and of others."""
    rows = [row("torch zero", number, 10.0) for number in (1, 2)]
    for name, times in {"zero again": again, **others}.items():
        rows += [row(f"torch {name}", number, ms) for number, ms in enumerate(times, 1)]
    return rows


def test_ratios_are_of_one_pass_each_and_the_spread_falls_with_their_number() -> None:
    rows = passes()
    assert ratios(rows, "torch zero again", "torch zero") == pytest.approx([1.02, 0.99])
    assert spread(STEPS, "torch", rows) == pytest.approx(1.02 ** (1 / 2**0.5) - 1)
    assert spread(STEPS, "numpy", rows) == 0  # nothing of it ran: no pass would help


def test_the_same_again_has_no_effect_however_it_comes_out() -> None:
    rows = passes(again=(10.4, 10.4))  # by as much in every pass: that is how far the mean is
    assert spread(STEPS, "torch", rows) == pytest.approx(0.04)
    assert line("torch zero again", rows).time_word == "no effect"


@pytest.mark.parametrize(
    ("times", "word"),
    [((10.1, 10.1), "no effect"), ((9.0, 9.2), "faster"), ((11.0, 11.0), "slower"), ((9.0, 11.1), "no effect")],
)
def test_what_lies_within_the_spread_has_no_effect(times, word: str) -> None:
    assert line("torch none", passes(none=times)).time_word == word


def test_a_busy_machine_cannot_tell_and_goes_by_the_processor_s_time_where_that_is_steady() -> None:
    rows = passes(again=(13.0, 8.0), none=(9.0, 9.5), bf16=(4.0, 4.0))
    assert measure(STEPS, "torch", rows) == ("cpu_ms", 0.0)
    assert line("torch none", rows).time_word == "no effect"  # as much of the processor
    assert line("torch threads=2", [*rows, row("torch threads=2", 1, 1.0)]).time_word == "cannot tell"
    for each in rows:
        if each["cell"] == "torch zero again":
            each["result"]["cpu_ms"] = [20.0] * 3
    assert measure(STEPS, "torch", rows)[0] == "ms"
    assert line("torch none", rows).time_word == "cannot tell"
    assert line("torch bf16", rows).time_word == "faster"  # beyond even 4.3 times that spread


def test_one_pass_says_little_however_near_the_same_is_to_itself() -> None:
    once = [each for each in passes(again=(10.4, 10.4), none=(7.0, 7.0), bf16=(5.0, 5.0)) if each["repeat"] == 1]
    assert line("torch none", once).time_word == "cannot tell"  # 0.70; 1.04 ** 12.7 = 1.65
    assert line("torch bf16", once).time_word == "faster"
    assert line("torch zero again", once).time_word == "cannot tell"
    (said,) = [text for text in sentences([line(step.name, once) for step in STEPS]) if "1 pass" in text]
    assert said.endswith("over 1 pass: one pass says little; what stands is 65% or more away.")


def test_memory_has_an_effect_beyond_what_the_same_differs_by() -> None:
    rows = [row("torch zero", 1, 10.0, peak=100), row("torch zero again", 1, 10.0, peak=110)]
    found = {peak: line("torch none", [*rows, row("torch none", 1, 10.0, peak=peak)]).memory_word
             for peak in (85, 95, 109, 120)}  # fmt: skip
    assert found == {85: "less", 95: "no effect", 109: "no effect", 120: "more"}


def test_losses_are_held_against_the_first_rung_s() -> None:
    rows = [*passes(none=(10, 10)), exact("torch zero", 2.0, 1.0), exact("torch none", 2.0, 1.0 + 5e-7)]
    same = line("torch none", rows)
    assert (same.off, same.result_word) == (pytest.approx(5e-7), "same losses")
    other = line("torch none", [*rows[:-1], exact("torch none", 2.0, 1.0 + 5e-6)])
    assert other.result_word == "changed the result (5e-06)"
    assert line("torch bf16", rows).result_word == ""


def test_the_table_says_of_a_rung_that_did_not_run_why() -> None:
    skipped = {"cell": "torch bf16", "repeat": 1, "status": "skipped", "reason": "no CUDA device"}
    also = {**skipped, "cell": "torch ... + bf16"}
    lines = [line(step.name, [*passes(none=(9.0, 9.0)), skipped, also]) for step in STEPS]
    rows = table_rows(lines)
    assert all(len(each) == len(HEAD) for each in rows)
    by_name = {each[0]: each for each in rows}
    assert "torch bf16" not in by_name and by_name["torch none"][3] == "0.90"
    said_once = notes(lines)
    assert "torch none: equals the default" in said_once
    assert "torch bf16, torch ... + bf16: skipped: no CUDA device" in said_once
    said = {each["name"]: each for each in document(lines)}
    assert (said["torch none"]["time"], said["torch none"]["ratio"]) == ("faster", pytest.approx(0.9))
    assert (said["torch bf16"]["status"], said["torch bf16"]["skipped"]) == ("skipped", True)
    (words,) = sentences(lines)
    assert words.startswith("torch: the first rung and the same again differ by 1.4% over 2 passes: whatever is nearer")


def test_compiling_says_after_how_many_steps_it_pays() -> None:
    steps = ladder_of(chosen(["compile"], ["torch"]), 32)
    rows = [*passes(), row("torch compile", 1, 8.0, first=20.1), row("torch compile", 2, 8.0, first=1.0)]
    lines = [LadderLine(step, rows, Path(), steps) for step in steps]
    assert "torch compile: its first step took 20 s more: it pays after 10,000 steps." in list(sentences(lines))
