"""The JSON document of a comparison."""

import csv as csv_module
import json
from collections.abc import Callable

import pytest

from nnlab.checks.parity.result import Comparison, Divergence
from nnlab.tracking.comparison.differences import Differences
from nnlab.tracking.comparison.document import csv, document

Compared = Callable[..., Comparison]
NOISE = Divergence(2, 1, "dense_1.bias", "no signal", 0.2, "its true gradient is zero")
CONVENTION = Divergence(3, 2, "dense_1.weight", "convention", 0.25, "agrees with epsilon in the root", "AdamEpsilon")


def test_it_has_the_keys_of_the_contract_first(compared: Compared) -> None:
    found = document(compared(4, NOISE, CONVENTION), id="main")
    contract = ["schema_version", "backends", "dtype", "steps", "first_divergence", "worst", "verdict"]
    assert list(found)[:7] == contract
    assert found["backends"] == ["numpy", "torch"] and found["steps"] == 4 and found["verdict"] == "convention"
    first = {"step": 3, "tensor": "dense_1.weight", "kind": "convention", "relative": 0.25}
    assert list(found["first_divergence"].items())[:4] == list(first.items())
    assert found["first_divergence"]["convention"] == "AdamEpsilon"
    assert found["worst"] == {"tensor": "dense_1.weight", "relative": pytest.approx(4e-6)}
    assert found["id"] == "main"
    assert found["without_signal"] == ["dense_1.bias"]
    assert [each["kind"] for each in found["divergences"]] == ["no signal", "convention"]
    assert found["kinds"]["weights"]["worst"] == {
        "relative": pytest.approx(4e-6), "tensor": "dense_1.weight", "step": 4,
    }  # fmt: skip


def test_without_a_divergence_there_is_none(compared: Compared) -> None:
    found = document(compared(4))
    assert found["first_divergence"] is None and found["verdict"] == "equal" and found["divergences"] == []


def test_what_is_not_finite_is_null(broken: Comparison) -> None:
    found = json.loads(json.dumps(document(broken), allow_nan=False))
    assert found["worst"] == {"tensor": "loss", "relative": None}


def test_no_step_is_a_document_too(compared: Compared) -> None:
    found = document(compared(0))
    assert found["steps"] == 0 and found["worst"] == {"tensor": None, "relative": None}


def test_the_table_for_spreadsheets_holds_every_value(compared: Compared) -> None:
    rows = list(csv_module.DictReader(csv(Differences.of(compared(3))).splitlines()))
    assert [row["step"] for row in rows] == ["1", "2", "3"]
    assert [float(row["dense_1.weight"]) for row in rows] == pytest.approx([1e-6, 2e-6, 3e-6])
    assert [row["dev probabilities"] for row in rows] == ["", "1e-07", ""]
