"""The table from what processes told: ratios, what says nothing, words, what changed in the graph."""

from dataclasses import replace
from typing import Any

import pytest

from nnlab.experiment.answering.subject import Answered
from nnlab.labs.kinds.ladder_calls import AGAIN
from nnlab.labs.ladder.gate import FAILED_PARITY, Gated
from nnlab.labs.ladder.parity import Parity
from nnlab.labs.ladder.plan import chosen
from nnlab.labs.ladder.table import above_of, ladder_of
from nnlab.labs.ladder.words import cells, reasons, sentences

REFERENCE = "onnxruntime-off"


def gated(name: str, nodes: dict[str, int], *, status: str = "ok", reason: str | None = None) -> Gated:
    result = {
        "nodes": nodes,
        "load_ms": 1.0,
        "first_ms": 2.0,
        "preparation_s": 0.5,
        "file_bytes": 1000,
        "peak_mib": 3.0,
    }
    probe = {"result": result}
    return Gated(name, status, reason, probe, Parity(0.0, 0.0, 1.0, 64))


def process(**ms: list[float]) -> dict[str, Any]:
    told = {name.replace("_", "-").replace("reference-again", AGAIN): values for name, values in ms.items()}
    calls = {name: [[value, 0, turn] for turn, value in enumerate(values)] for name, values in told.items()}
    return {"kind": "LadderCalls", "status": "done", "result": {"calls": calls, "batches": {REFERENCE: {"8": 100.0}}}}


def climbed(again: float = 1.05) -> Any:
    rungs = [
        gated(REFERENCE, {"Conv": 1, "BatchNormalization": 1}),
        gated("onnxruntime-basic", {"Conv": 1}),
        gated("onnxruntime-all", {}, status=FAILED_PARITY, reason="too far"),
        gated("int8-u8s8", {}),
    ]
    rows = [
        process(
            onnxruntime_off=[1, 1], onnxruntime_basic=[0.5, 0.5], int8_u8s8=[1.5, 1.5], reference_again=[again] * 2
        ),
        process(onnxruntime_off=[1, 1], onnxruntime_basic=[0.6, 0.6], int8_u8s8=[1.0, 1.0], reference_again=[1, 1]),
    ]
    return ladder_of(rungs, rows, reference=REFERENCE, preparation={"u8s8": 2.0})


def test_a_word_needs_every_process_and_more_than_the_reference_differs_from_itself() -> None:
    table = climbed()
    lines = {line.name: line for line in table.lines}
    assert lines["onnxruntime-basic"].word == "faster" and lines["int8-u8s8"].word == "cannot tell"
    assert lines[REFERENCE].word is None and lines["onnxruntime-all"].word is None
    assert table.spread == pytest.approx((1 / 1.05, 1.05))
    noisy = {line.name: line.word for line in climbed(again=2.0).lines}
    assert noisy["onnxruntime-basic"] == "cannot tell"  # 0.6 in a process, where 0.5 to 2 says nothing


def test_what_changed_is_told_against_the_rung_above_that_was_asked_for() -> None:
    lines = {line.name: line for line in climbed().lines}
    assert lines["onnxruntime-basic"].changed == {"BatchNormalization": (1, 0)}
    assert lines["onnxruntime-basic"].to_above.median == pytest.approx(0.55)
    assert above_of("onnxruntime-all", [REFERENCE, "onnxruntime-all"]) == REFERENCE
    assert above_of("numpy-columns", ["numpy-columns"]) is None
    assert lines["int8-u8s8"].preparation_s == 2.5  # made ready, and calibrated before


def test_preparation_is_of_the_file_that_a_rung_runs() -> None:
    rungs = [gated(name, {}) for name in (REFERENCE, "int8-dynamic", "int8-u8s8", "numpy-int8", "torch-int8")]
    table = ladder_of(rungs, [], reference=REFERENCE, preparation={"dynamic": 1.0, "u8s8": 2.0})
    assert [line.preparation_s for line in table.lines] == [0.5, 1.5, 2.5, 2.5, 2.5]  # 0.5 of their own


def test_what_failed_parity_has_its_numbers_and_no_speed() -> None:
    table = climbed()
    line = next(line for line in table.lines if line.name == "onnxruntime-all")
    shown = cells(line, None)
    assert shown["away"] == "0.0e+00" and shown["verdict"] == FAILED_PARITY
    assert {shown[name] for name in ("p50 ms", "p90", "p99", "to reference", "first ms", "load ms")} == {"-"}
    assert dict(reasons(table)) == {"onnxruntime-all": "failed parity: too far"}
    document = line.document("onnxruntime-layout")
    assert document["ms"] is None and document["verdict"] is None and document["status"] == FAILED_PARITY


def test_sentences_say_what_says_nothing_and_who_is_quickest() -> None:
    said = list(sentences(climbed()))
    assert said[0].startswith("The reference called once more took ") and "0.95 to 1.05 say nothing" in said[0]
    assert "The quickest is onnxruntime-basic" in said[1] and "0.55 of the reference's time" in said[1]


def test_classes_are_told_to_be_the_same_where_test_pictures_were_answered() -> None:
    rungs = [
        gated(REFERENCE, {}),
        gated("graph-batch-norm", {"Softmax": 1}),
        gated("graph-softmax", {"Conv": 1}),
    ]
    rows = [process(onnxruntime_off=[1, 1], graph_batch_norm=[1, 1], graph_softmax=[0.5, 0.5])]
    for answered, said in ((None, "rung above. A"), (Answered(1.0, None), "above, every test picture in its class. A")):
        rungs[2] = replace(rungs[2], answered=answered)
        (line,) = (s for s in sentences(ladder_of(rungs, rows, reference=REFERENCE, preparation={})) if "Softmax" in s)
        assert said in line and "0.50 of the time" in line


def test_words_name_rungs_in_the_order_of_the_ladder() -> None:
    assert chosen(["int8-u8s8", REFERENCE]) == [REFERENCE, "int8-u8s8"]
    assert [name for name in chosen(["int8"]) if name.startswith("int8")] == [
        "int8-dynamic", "int8-per-tensor", "int8-per-channel", "int8-u8s8",
    ]  # fmt: skip
    assert "torch-compiled" not in chosen(["all", "-torch-compiled"]) and len(chosen(["all", "-numpy"])) > 20
