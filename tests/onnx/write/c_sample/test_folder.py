"""The program in C: it gives Python's bytes, and says in one line what is wrong, with the right exit code."""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnx.helper as oh
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.onnx.file.read import model_of
from nnlab.onnx.write.c_sample import folder as c_sample
from nnlab.onnx.write.c_sample.folder import files_of, input_file

Make = Callable[..., subprocess.CompletedProcess[str]]

HERE = Path(c_sample.__file__).parent

PLACES = {
    "GetErrorMessage": 2, "CreateEnv": 3, "CreateSession": 7, "Run": 9, "CreateSessionOptions": 10,
    "SetIntraOpNumThreads": 24, "SessionGetInputTypeInfo": 33, "SessionGetInputName": 36, "SessionGetOutputName": 37,
    "CreateTensorWithDataAsOrtValue": 49, "GetTensorMutableData": 51, "CastTypeInfoToTensorInfo": 55,
    "GetDimensionsCount": 61, "GetDimensions": 62, "GetTensorShapeElementCount": 64, "GetTensorTypeAndShape": 65,
    "CreateCpuMemoryInfo": 69, "GetAllocatorWithDefaultOptions": 78, "ReleaseEnv": 92, "ReleaseMemoryInfo": 94,
    "ReleaseSession": 95, "ReleaseValue": 96, "ReleaseTypeInfo": 98, "ReleaseTensorTypeAndShapeInfo": 99,
    "ReleaseSessionOptions": 100,
}  # fmt: skip
"""Places in onnxruntime's table that were tried with its own header."""

PICTURE = np.random.default_rng(3).integers(0, 256, (1, 5, 7, 3), dtype=np.uint8)


def model(nodes: Sequence[onnx.NodeProto], given: onnx.ValueInfoProto, *outputs: onnx.ValueInfoProto) -> bytes:
    graph = oh.make_graph(list(nodes), "sample", [given], list(outputs))
    return bytes(oh.make_model(graph, opset_imports=[oh.make_opsetid("", 17)], ir_version=8).SerializeToString())


def of_pixels() -> bytes:
    """Scores of a picture's three colours, and the place of the largest: outputs of two types."""
    nodes = [
        oh.make_node("Cast", ["image"], ["wide"], to=onnx.TensorProto.FLOAT),
        oh.make_node("ReduceMean", ["wide"], ["means"], axes=[1, 2], keepdims=0),
        oh.make_node("Softmax", ["means"], ["scores"], axis=1),
        oh.make_node("ArgMax", ["means"], ["label"], axis=1, keepdims=0),
    ]
    given = oh.make_tensor_value_info("image", onnx.TensorProto.UINT8, ["batch", "height", "width", 3])
    scores = oh.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, ["batch", 3])
    return model(nodes, given, scores, oh.make_tensor_value_info("label", onnx.TensorProto.INT64, ["batch"]))


def of_numbers() -> bytes:
    given = oh.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["batch", 4])
    out = oh.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["batch", 4])
    return model([oh.make_node("Tanh", ["x"], ["y"])], given, out)


def put(folder: Path, content: bytes, x: Array) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in {"model.onnx": content, **files_of(content, x)}.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def built(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In a folder whose name a shell and make would take apart."""
    folder = put(tmp_path_factory.mktemp("c sample $HOME #1"), of_pixels(), PICTURE)
    done = make(folder, "run", "CFLAGS=-O1 -Werror -Wpedantic")
    assert done.returncode == 0, done.stderr
    return folder


def run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["./run", *words], cwd=folder, capture_output=True, text=True, check=False, **more)


def test_the_header_has_the_places_that_were_tried_with_onnxruntimes_own() -> None:
    found = dict(re.findall(r"#define (\w+)\s+\\?\s*ORT\((\d+),", (HERE / "ort.h").read_text()))
    assert {name: int(found[name]) for name in PLACES} == PLACES


def test_the_bytes_are_pythons(built: Path, make: Make) -> None:
    done = make(built, "check")
    assert done.returncode == 0, done.stderr
    means = PICTURE.astype(np.float32).mean(axis=(1, 2))
    expected = (built / "expected.raw").read_bytes()
    assert len(expected) == 3 * 4 + 8
    assert np.frombuffer(expected[12:], np.int64) == means.argmax()
    said = json.loads(run(built, "model.onnx", "input.ppm", "--runs=20", "--threads=1").stdout)
    assert said["top1"] == means.argmax() and said["outputs"] == 3 and said["runs"] == 20
    assert 0 < said["p50_ms"] <= said["p90_ms"] <= said["p99_ms"] and 0 <= said["disturbed"] <= 1


def test_numbers_go_in_as_they_lie_in_memory(built: Path, tmp_path: Path) -> None:
    x = np.array([[0.5, -1, 2, 0]], np.float32)
    folder = put(tmp_path, of_numbers(), x)
    assert (folder / "input.raw").read_bytes() == x.tobytes()
    done = run(built, str(folder / "model.onnx"), str(folder / "input.raw"), f"--output={tmp_path / 'y'}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "y").read_bytes() == (folder / "expected.raw").read_bytes()
    assert np.frombuffer((tmp_path / "y").read_bytes(), np.float32) == pytest.approx(np.tanh(x[0]), abs=1e-6)


@pytest.mark.parametrize("name", ["mnist-8", "squeezenet", "u2netp", "cifar-resnet-2b"])
def test_networks_that_others_trained_give_the_same_bytes(
    built: Path, shared_data: Path, tmp_path: Path, name: str
) -> None:
    content = (shared_data / "onnx" / name / f"{name}.onnx").read_bytes()
    shape = [1 if isinstance(size, str) else size for size in model_of(content).graph.inputs[0].shape or ()]
    folder = put(tmp_path / name, content, np.random.default_rng(0).random(shape, dtype=np.float32))
    done = run(
        built, str(folder / "model.onnx"), str(folder / "input.raw"), f"--output={tmp_path / 'y'}", "--threads=1"
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "y").read_bytes() == (folder / "expected.raw").read_bytes()


def test_it_answers_so_many_times_as_it_is_asked(built: Path) -> None:
    said = run(built, "model.onnx", "input.ppm", "--turns", input="3\n0\n2\n").stdout.splitlines()
    assert json.loads(said[0])["outputs"] == 3 and len(said) == 1 + 5
    assert all(float(ms) > 0 and moved in "01" for ms, moved in map(str.split, said[1:]))


HEAD = b"P6\n7 5\n255\n"


@pytest.mark.parametrize(
    ("words", "content", "code", "said"),
    [
        ((), None, 2, "usage: run MODEL INPUT"),
        (("model.onnx", "input.ppm", "--runs=0"), None, 2, "--runs: must be a whole number, 1 or more, got '0'"),
        (("model.onnx", "input.ppm", "--run=3"), None, 2, "no option '--run=3'"),
        (("model.onnx", "input.ppm", "x"), None, 2, "one MODEL and one INPUT, got 'x' too"),
        (("gone.onnx", "input.ppm"), None, 5, "gone.onnx: cannot be read (No such file or directory)"),
        (("main.c", "input.ppm"), None, 1, "onnxruntime: Load model from main.c failed"),
        (("model.onnx", "gone.ppm"), None, 5, "gone.ppm: cannot be read (No such file or directory)"),
        (("model.onnx", "."), None, 5, ".: cannot be read (Is a directory)"),
        (("model.onnx", "bad"), b"", 5, "bad: is neither a PPM picture (P6) nor of the size"),
        (("model.onnx", "bad"), b"P6", 5, "bad: is no PPM picture of 8 bits (P6)"),
        (("model.onnx", "bad"), b"P6\n# a comment\n7 5\n65535\nxx", 5, "bad: is no PPM picture of 8 bits (P6)"),
        (("model.onnx", "bad"), HEAD + b"x" * 104, 5, "bad: has 104 bytes, the model takes 105"),
        (("model.onnx", "bad"), HEAD + b"x" * 106, 5, "bad: has 106 bytes, the model takes 105"),
        (("model.onnx", "bad"), b"P6 999999999 5 255 ", 5, "bad: is no PPM picture of 8 bits (P6)"),
        (("model.onnx", "input.ppm", "--output=gone/y"), None, 1, "gone/y: cannot be written"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(
    built: Path, words: tuple[str, ...], content: bytes | None, code: int, said: str
) -> None:
    if content is not None:
        (built / "bad").write_bytes(content)
    done = run(built, *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"run: error: {said}") and done.stderr.count("\n") == 1


def test_a_picture_of_another_size_and_no_library_are_said(built: Path, make: Make, tmp_path: Path) -> None:
    fixed = of_pixels()
    proto = onnx.load_from_string(fixed)
    for axis, size in zip(proto.graph.input[0].type.tensor_type.shape.dim, (1, 5, 8, 3), strict=True):
        axis.dim_value = size
    (tmp_path / "model.onnx").write_bytes(proto.SerializeToString())
    done = run(built, str(tmp_path / "model.onnx"), "input.ppm")
    assert done.returncode == 5 and "is 7 x 5 pixels (width x height), the model takes 8 x 5" in done.stderr
    (tmp_path / "run").write_bytes((built / "run").read_bytes())
    (tmp_path / "run").chmod(0o755)
    alone = run(tmp_path, "model.onnx", "x", env={"PATH": ""})  # type: ignore[arg-type]
    assert alone.returncode == 6 and "no onnxruntime (libonnxruntime.so.1: cannot open" in alone.stderr
    (tmp_path / "libonnxruntime.so.1").symlink_to("/usr/lib/gone.so")
    put(tmp_path, fixed, PICTURE)
    (tmp_path / "libonnxruntime.so.1").unlink()
    absent = make(tmp_path, "ORT=/gone.so")
    assert absent.returncode == 2 and "no onnxruntime at ORT=/gone.so; type: make ORT=" in absent.stderr


def test_it_is_clean_under_the_sanitizers(make: Make, tmp_path: Path) -> None:
    probe = tmp_path / "probe.c"
    probe.write_text("int main(void) { return 0; }\n")
    wanted = ["cc", "-fsanitize=address,undefined", str(probe), "-o", str(tmp_path / "probe")]
    if subprocess.run(wanted, capture_output=True, check=False).returncode:
        pytest.skip("this compiler has no sanitizers")
    folder = put(tmp_path / "c", of_pixels(), PICTURE)
    done = make(folder, "sanitized")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "bad").write_bytes(HEAD[:5])
    for words, code in ((("model.onnx", "bad"), 5), (("bad", "input.ppm"), 1), (("model.onnx", "input.ppm", "-x"), 2)):
        failed = run(folder, *words)
        assert failed.returncode == code and "Sanitizer" not in failed.stderr, failed.stderr
    turns = run(folder, "model.onnx", "input.ppm", "--turns", "--runs=3", input="2\n")
    assert turns.returncode == 0 and len(turns.stdout.splitlines()) == 3, turns.stderr


def test_a_picture_becomes_a_ppm_and_all_else_its_bytes() -> None:
    x = np.arange(6, dtype=np.uint8).reshape(1, 1, 2, 3)
    assert input_file(x) == ("input.ppm", b"P6\n2 1\n255\n\x00\x01\x02\x03\x04\x05")
    assert input_file(x.reshape(1, 6)) == ("input.raw", bytes(range(6)))


def test_an_output_of_text_is_refused() -> None:
    pytest.importorskip("onnxruntime", reason="it is onnxruntime that runs the file")
    given = oh.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["batch", 2])
    out = oh.make_tensor_value_info("y", onnx.TensorProto.STRING, ["batch", 2])
    node = oh.make_node("Cast", ["x"], ["y"], to=onnx.TensorProto.STRING)
    with pytest.raises(UsageError, match=r"its output 'y' is no array of numbers"):
        files_of(model([node], given, out), np.ones((1, 2), np.float32))
