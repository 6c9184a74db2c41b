"""`nnlab models` as users type it."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from onnx import TensorProto, helper

from nnlab.cli.main import main
from nnlab.onnx.catalogue.catalogue import catalogue

Models = Callable[..., tuple[int, str, str]]


@pytest.fixture
def models(capfd: pytest.CaptureFixture[str], cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Models:
    """The command, with a catalogue in which nobody states squeezenet's checksum."""
    entries = {**catalogue(), "squeezenet": dataclasses.replace(catalogue()["squeezenet"], checksum="")}
    monkeypatch.setattr("nnlab.onnx.catalogue.catalogue.catalogue", lambda: entries)

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["models", *args])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 3]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "tiny", value[:1], value[1:])
    path = tmp_path / "given.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def test_what_is_here_and_what_can_be_fetched(models: Models, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "u2netp"
    folder.mkdir(parents=True)
    (folder / "u2netp.onnx").write_bytes(file.read_bytes())
    assert models("add", "mine", str(file))[0] == 0
    code, out, err = models("list", f"--models-path={tmp_path / 'models'}")
    assert (code, err) == (0, "")
    here, _, offered = out.partition("can be fetched")
    assert "mine" in here and str(folder / "u2netp.onnx") in here and "u2netp" not in offered.split()
    assert "https://github.com/danielgatis/rembg/releases/download/v0.0.0/u2net.onnx" in offered
    assert "needs --unverified" in offered and "cifar-resnet-2b" not in offered  # nobody offers that one
    rows = json.loads(models("list", f"--models-path={tmp_path / 'models'}", "--json")[1])["models"]
    assert {row["name"] for row in rows} == {"mine", *catalogue()}
    assert all((row["path"] is None) == (row["name"] not in {"mine", "u2netp"}) for row in rows)


@pytest.mark.parametrize(
    ("args", "code", "what"),
    [
        (["fetch"], 2, "no model named"),
        (["fetch", "u2nett"], 2, "did you mean u2net"),
        (["fetch", "squeezenet"], 2, "--unverified"),
        (["fetch", "cifar-resnet-2b"], 5, "nnlab models add cifar-resnet-2b FILE"),
        (["add", "a/b", "{file}"], 2, "must be a plain name"),
        (["add", "mine", "none.onnx"], 5, "none.onnx"),
        (["fetsch", "u2net"], 2, "no command 'models fetsch'; did you mean fetch"),
    ],
)
def test_what_cannot_be_is_one_line_with_its_code(
    models: Models, file: Path, args: list[str], code: int, what: str
) -> None:
    found, out, err = models(*(arg.format(file=file) for arg in args))
    assert (found, out) == (code, "") and what in err
    assert err.startswith("nnlab: error: ") and err.count("\n") == 1
