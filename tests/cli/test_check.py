"""`nnlab check` as users type it."""

import json
import sys
from collections.abc import Callable, Iterator

import pytest

from nnlab.checks import validate
from nnlab.cli.main import main
from nnlab.core.registry import Registry, normalised
from nnlab.layers.base import LAYERS
from nnlab.layers.relu import ReLU
from nnlab.losses.base import LOSSES
from nnlab.models.base import MODELS
from nnlab.optimizers.base import OPTIMIZERS

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(capfd: pytest.CaptureFixture[str]) -> Check:
    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["check", *args])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def plugin() -> Iterator[Callable[[type], type]]:
    """Registers a layer of another package for one test."""
    added: list[str] = []

    def register(cls: type) -> type:
        LAYERS.register(cls)
        added.append(normalised(cls.__name__))
        return cls

    yield register
    for key in added:
        del LAYERS._classes[key]


class Few:
    """Of a registry's components those of this file and one other, which says how a check goes on around a fault."""

    def __init__(self, registry: Registry, name: str):
        self.registry, self.name = registry, name

    def __iter__(self) -> Iterator[type]:
        return (cls for cls in self.registry if cls.__name__ == self.name or cls.__module__ == __name__)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """One component of a kind is checked, and this file's; how many the former are."""
    kept = {"LAYERS": "Dense", "LOSSES": "CrossEntropy", "OPTIMIZERS": "Adam", "MODELS": "OneLayer"}
    kept |= {"INITIALIZERS": "Zero", "SCHEDULES": "Constant"}
    for registry, name in kept.items():
        monkeypatch.setattr(validate, registry, Few(getattr(validate, registry), name))
    return len(kept)


def test_every_registered_component_passes_and_has_a_row(check: Check) -> None:
    code, out, err = check("--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert set(document) == {"schema_version", "passed", "failed", "results"}
    assert document["schema_version"] == 1
    rows = {(row["kind"], row["component"]): row for row in document["results"]}
    for kind, registry in (("layer", LAYERS), ("loss", LOSSES), ("optimizer", OPTIMIZERS), ("model", MODELS)):
        for name in registry.names():
            row = rows.pop((kind, name))
            assert set(row) == {"component", "kind", "backend", "worst_relative_error", "verdict", "where"}
            assert row["verdict"] == "ok", row
            assert row["worst_relative_error"] <= 1e-7, row
    assert {kind for kind, _ in rows} == {"initializer", "schedule"}
    assert (document["passed"], document["failed"]) == (len(document["results"]), 0)


def test_table_has_a_line_per_component(check: Check) -> None:
    code, out, _ = check("--model=OneLayer")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split()[:3] == ["component", "kind", "backend"]
    assert [line.split()[0] for line in lines[1:4]] == ["OneLayer", "CrossEntropy", "Adam"]
    assert lines[-1] == "3 passed, 0 failed"


def test_one_model_with_its_options(check: Check) -> None:
    flags = ("--layers=16,8", "--activation=tanh", "--dropout-rate=0.2", "--weight-decay=0.05", "--optimizer=RMSProp")
    code, out, _ = check("--model=n-layers", *flags, "--json")
    rows = json.loads(out)["results"]
    assert code == 0
    assert [row["component"] for row in rows] == ["NLayers", "CrossEntropy", "RMSProp"]
    assert "layers=16,8" in rows[0]["where"]
    assert "dropout_rate=0.2" in rows[0]["where"]
    assert rows[0]["worst_relative_error"] <= 1e-7


def test_a_wrong_component_ends_with_3_and_is_named(check: Check, few: int, plugin) -> None:
    class Wrong(ReLU):
        def backward(self, dy, cache, ctx):
            return (dy,)

    plugin(Wrong)
    code, out, err = check()
    assert code == 3
    (line,) = [line for line in out.splitlines() if line.startswith("Wrong")]
    assert "FAILED" in line
    assert "x1" in line
    assert "the code says" in line
    assert out.splitlines()[-1] == f"{few} passed, 1 failed"
    assert "layer Wrong" in err


def test_a_plugin_that_raises_is_a_row_and_the_others_are_checked_still(check: Check, few: int, plugin) -> None:
    class Broken(ReLU):
        def forward(self, *xs, ctx):
            raise RuntimeError("out of tea")

    plugin(Broken)
    code, out, err = check("--json")
    document = json.loads(out)
    assert code == 3
    assert (document["passed"], document["failed"]) == (few, 1)
    (row,) = [row for row in document["results"] if row["verdict"] == "failed"]
    assert (row["component"], row["worst_relative_error"]) == ("Broken", None)
    assert "out of tea" in row["where"]
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--model=NLayers", "--layres=8"), "--layers"),
        (("--model=NLayer",), "NLayers"),
        (("--model=NLayers", "--layers=0"), "--layers"),
        (("--model=OneLayer", "--layers=8"), "NLayers has it"),
        (("--model=NLayers", "--activation=Tan"), "Tanh"),
        (("--model=NLayers", "--dataset=numbers"), "--dataset"),
        (("--model=NLayers", "--epochs=3"), "--epochs"),
        (("--weight-decay=nan",), "--weight-decay"),
    ],
)
def test_mistakes_are_said_before_any_work(check: Check, flags: tuple[str, ...], says: str) -> None:
    code, out, err = check(*flags)
    assert code == 2
    assert out == ""
    assert says in err


def test_another_backend_is_held_against_the_definitions(torch_installed, check: Check, monkeypatch) -> None:
    monkeypatch.setattr("nnlab.checks.validate.model_findings", lambda cls, new: [])  # the slow part; see below
    code, out, _ = check("--backend=torch", "--threads=1", "--json")
    rows = json.loads(out)["results"]
    backends = {row["kind"]: row["backend"] for row in rows}
    assert backends == {
        "initializer": "numpy", "schedule": "numpy", "layer": "torch", "loss": "torch", "optimizer": "torch",
        "model": "torch",
    }  # fmt: skip
    failed = [row for row in rows if row["verdict"] == "failed"]
    assert {row["kind"] for row in failed} == {"model"} and code == 3  # they have no findings here
    assert {row["component"] for row in rows if row["kind"] == "layer"} == set(LAYERS.names())


def test_a_model_on_torch_with_what_it_learns_with(torch_installed, check: Check) -> None:
    code, out, err = check(
        "--model=OneLayerTorch", "--optimizer=RMSProp", "--weight-decay=0.1", "--threads=1", "--json"
    )
    rows = json.loads(out)["results"]
    assert (code, err) == (0, "")
    assert [(row["component"], row["backend"]) for row in rows] == [
        ("OneLayer", "torch"), ("CrossEntropy", "torch"), ("RMSProp", "torch")
    ]  # fmt: skip
    assert all(row["worst_relative_error"] < 1e-7 for row in rows)


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (("--model=NLayersTorch", "--loss=CrossEntropyNumpy"), 2, "name different backends"),
        (("--device=cuda",), 6, "has no cuda device"),
        (("--compile",), 2, "has no compile"),
    ],
)
def test_a_backend_that_cannot_be_is_said_before_any_work(check: Check, flags, code: int, says: str) -> None:
    got, out, err = check(*flags)
    assert (got, out) == (code, ""), err
    assert says in err


def test_without_torch_it_says_how_to_get_it(check: Check, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    code, out, err = check("--backend=torch")
    assert (code, out) == (6, "")
    assert "torch is not installed" in err and "[torch]" in err
