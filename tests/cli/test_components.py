"""`nnlab components`."""

import json

import pytest

from nnlab.cli.components import KINDS
from nnlab.cli.main import main


def listed(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, object]]:
    assert main(["components", "--json", *args]) == 0
    components: list[dict[str, object]] = json.loads(capsys.readouterr().out)["components"]
    return components


def test_lists_every_registered_component_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    names = {(component["kind"], component["name"]) for component in listed(capsys)}
    assert names == {(kind.kind, cls.__name__) for kind in KINDS for cls in kind}
    (adam,) = listed(capsys, "Adam")
    assert [option["name"] for option in adam["options"]] == ["beta1", "beta2", "epsilon"]  # type: ignore[index, union-attr]


def test_a_kind_or_a_name_selects(capsys: pytest.CaptureFixture[str]) -> None:
    assert {component["kind"] for component in listed(capsys, "loss", "adam")} == {"loss", "optimizer"}


def test_plain_text_says_what_each_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["components", "BatchNorm"]) == 0
    shown = capsys.readouterr().out
    assert "momentum" in shown and "[0.9]" in shown


def test_an_unknown_name_lists_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["components", "BatchNrm"]) == 2
    assert "did you mean BatchNorm" in capsys.readouterr().err
