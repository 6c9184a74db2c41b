"""`nnlab components`."""

import json
import subprocess
import sys

import pytest

from nnlab.cli.components import KINDS
from nnlab.cli.main import main
from nnlab.data.readers.base import READERS
from nnlab.layers.base import LAYERS
from nnlab.layers.relu import ReLU
from nnlab.tasks.base import TASKS


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
    assert [component["name"] for component in listed(capsys, "reader")] == READERS.names()
    tasks = [component["name"] for component in listed(capsys, "task")]
    assert tasks == TASKS.names() and {"Classification", "Regression"} <= set(tasks)


def test_plain_text_says_what_each_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["components", "BatchNorm"]) == 0
    shown = capsys.readouterr().out
    assert "momentum" in shown and "[0.9]" in shown


def test_an_unknown_name_lists_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["components", "BatchNrm"]) == 2
    assert "did you mean BatchNorm" in capsys.readouterr().err


def test_each_says_where_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for component in listed(capsys):
        assert component["backends"] == ["numpy", "torch"], component["name"]
    assert main(["components"]) == 0
    assert " only)" not in capsys.readouterr().out


def test_torch_is_not_imported_to_say_so() -> None:
    program = "import sys; from nnlab.cli.main import main; main(['components']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_a_plug_in_that_has_no_translation_is_said_quietly(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_in = type("Maxout", (ReLU,), {"__module__": "my_package", "__doc__": "The greatest of several."})
    monkeypatch.setitem(LAYERS._classes, "maxout", plug_in)
    (found,) = listed(capsys, "Maxout")
    assert found["backends"] == ["numpy"]
    assert main(["components", "layer"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.endswith("(numpy only)")] == ["Maxout"]
