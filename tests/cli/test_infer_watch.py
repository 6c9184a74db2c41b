"""`nnlab infer --watch` as users type it."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from nnlab.cli.main import main
from nnlab.data import followed
from nnlab.data.images.vips import Vips

LIB = Vips()


def picture(folder: Path, name: str, channel: int) -> None:
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[..., channel] = 255
    LIB.write_png(LIB.image(pixels), folder / name)


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    """Says which of three channels is the brightest."""
    weights = np.zeros((3, 3, 8, 8), np.float32)
    weights[range(3), range(3)] = 8 / 64
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"])],
        "channel",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 1, 1])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    (tmp_path / "channel.onnx").write_bytes(model.SerializeToString())
    return tmp_path / "channel.onnx"


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


Steps = list[Callable[[], object]]


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """What happens between the looks, one after the other; then SIGTERM comes."""
    steps: Steps = []
    monkeypatch.setattr(followed, "PATIENCE_S", 0.0)

    def sleep(seconds: float) -> None:
        if steps:
            steps.pop(0)()
        else:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(followed, "sleep", sleep)
    return steps


def nothing() -> None:
    pass


def test_a_line_for_each_picture_as_it_comes_until_a_signal(
    channel: Path, incoming: Path, between: Steps, capfd: pytest.CaptureFixture[str]
) -> None:
    picture(incoming, "a.png", 1)
    between += [nothing, lambda: picture(incoming, "b\x1b.png", 2), nothing]
    between += [lambda: (incoming / "bad.png").write_bytes(b"no picture"), nothing]
    code = main(["infer", f"--onnx-model={channel}", "--watch", str(incoming), "--top=1"])
    out, err = capfd.readouterr()
    assert code == 143
    assert out.splitlines() == [f"{incoming}/a.png  1 99.9%", f"{incoming}/b\\x1b.png  2 99.9%"]
    assert err.splitlines() == [
        f"following {incoming}: pictures as they come; Ctrl-C ends",
        f"nnlab: error: {incoming}/bad.png: not an image (it holds text)",
        "followed no longer: 3 pictures, 1 without an answer",
    ]


def test_json_is_a_document_in_each_line_and_files_are_written_with_a_sheet_at_the_end(
    channel: Path, incoming: Path, between: Steps, capfd: pytest.CaptureFixture[str]
) -> None:
    between += [lambda: picture(incoming, "a.png", 0), nothing, lambda: (incoming / "bad.png").touch(), nothing]
    code = main(
        ["infer", f"--onnx-model={channel}", f"--watch={incoming}", "--json", "-q", f"--output={incoming / 'out'}"]
    )
    out, err = capfd.readouterr()
    first, second = map(json.loads, out.splitlines())
    assert code == 143 and err.count("\n") == 1
    assert (first["schema_version"], first["source"], first["label"]) == (1, f"{incoming}/a.png", "0")
    assert second == {"schema_version": 1, "source": f"{incoming}/bad.png", "error": "empty (0 bytes)"}
    assert [path.name for path in (incoming / "out").iterdir()] == ["contact-sheet.png"]


@pytest.mark.parametrize(
    ("flags", "code", "why"),
    [
        (["photos"], 2, "--watch: one folder is followed, and nothing else looked at; leave out photos"),
        (["--csv"], 2, "--watch --csv: a table of what is still to come has no columns yet; use --json"),
        ([], 5, "nowhere: there is no such folder; --watch follows a folder; make it first"),
    ],
)
def test_what_cannot_be_followed_is_said_in_a_line(
    channel: Path, flags: list[str], code: int, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["infer", f"--onnx-model={channel}", "--watch=nowhere", *flags]) == code
    out, err = capfd.readouterr()
    assert out == "" and why in err and err.count("\n") == 1
