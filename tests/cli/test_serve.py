"""`nnlab serve` as users type it: with a trained run, until a signal comes."""

import http.client
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main


@pytest.fixture(scope="module")
def run(blobs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SmallCnn that has seen three epochs."""
    runs = tmp_path_factory.mktemp("runs")
    flags = ["--model=SmallCnn", "--widths=4,4", "--resize=12,12", "--epochs=3", "--no-disk-cache", "--quiet"]
    assert main(["train", f"--datasets-path={blobs}", "--dataset=blobs", f"--runs-dir={runs}", *flags]) == 0
    return (runs / "latest").resolve()


@pytest.fixture
def port() -> int:
    """One that is free."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


Served = Callable[..., tuple[int, Any]]


@pytest.fixture
def served(port: int) -> Iterator[Served]:
    """served(work, *words): what `nnlab serve` returns, which is ended when `work(connection)` is, and its result."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)  # one that comes when the command has ended by itself

    def serve(work: Callable[[http.client.HTTPConnection], Any], *words: str) -> tuple[int, Any]:
        result: Future[Any] = Future()

        def ask() -> None:
            try:
                with closing(_connected(port)) as connection:
                    result.set_result(work(connection))
            except BaseException as error:
                result.set_exception(error)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)  # not to this thread alone

        thread = threading.Thread(target=ask)
        thread.start()
        code = main(["serve", f"--port={port}", *words])
        thread.join()
        return code, result.result()

    yield serve
    signal.signal(signal.SIGTERM, before)


def _connected(port: int) -> http.client.HTTPConnection:
    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.connect()
            return connection
        except ConnectionError:
            threading.Event().wait(0.02)
    raise AssertionError("nobody listens")


def posted(connection: http.client.HTTPConnection, body: bytes) -> dict[str, Any]:
    connection.request("POST", "/predict", body)
    told: dict[str, Any] = json.loads(connection.getresponse().read())
    return told


def test_answers_are_those_of_infer_to_the_bit(
    run: Path, blobs: Path, served: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    pictures = sorted((blobs / "blobs").rglob("*.png"))
    assert main(["infer", f"--run={run}", "--json", *map(str, pictures)]) == 0
    inferred = json.loads(capfd.readouterr().out)

    def work(connection: http.client.HTTPConnection) -> list[dict[str, Any]]:
        return [posted(connection, path.read_bytes()) for path in pictures]

    code, told = served(work, str(run))
    assert code == 143
    for mine, theirs in zip(told, inferred["results"], strict=True):
        assert (mine["classes"], mine["model"]) == (inferred["classes"], str(run))
        assert mine["results"][0]["probabilities"] == theirs["probabilities"]
        assert mine["results"][0]["label"] == theirs["label"]
    said = capfd.readouterr()
    assert said.out == "" and said.err.splitlines()[-1] == "answers no longer"
    assert f"{run.name} answers at http://127.0.0.1:" in said.err


def test_many_at_once_get_their_own_answers(run: Path, blobs: Path, served: Served) -> None:
    pictures = [path.read_bytes() for path in sorted((blobs / "blobs").rglob("*.png"))[::9]]

    def work(connection: http.client.HTTPConnection) -> bool:
        alone = [posted(connection, picture)["results"][0]["probabilities"] for picture in pictures]
        found: list[bool] = []

        def ask(place: int) -> None:
            mine = _connected(connection.port)
            for _ in range(5):
                told = posted(mine, pictures[place])
                found.append(told["results"][0]["probabilities"] == alone[place])
            mine.close()

        threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(pictures))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(found) == 5 * len(pictures) and all(found)

    assert served(work, "--run", str(run), "--quiet") == (143, True)


def test_json_says_where_it_is_and_refused_requests_are_lines(
    run: Path, served: Served, port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    _, told = served(lambda connection: posted(connection, b"no picture"), str(run), "--json")
    out, err = capfd.readouterr()
    assert json.loads(out) == {
        "schema_version": 1, "url": f"http://127.0.0.1:{port}", "model": str(run), "engine": "numpy"}  # fmt: skip
    assert told["status"] == 422
    assert any(line.startswith("POST /predict: 422, ") for line in err.splitlines())


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ([], 2, "nnlab serve: say which one answers, a run or an ONNX model; such as: nnlab serve runs/latest"),
        (["a", "--run=b"], 2, "and only one"),
        (["nowhere.onnx"], 5, "nowhere.onnx"),
        (["no/run"], 5, "no/run"),
        (["{run}", "--mean=0.5"], 2, "--mean: a run is fed as it was trained"),
        (["{run}", "--host=no such host"], 2, "--host: no address 'no such host' to listen on"),
        (["{run}", "--port=70000"], 2, "--port"),
        (["{run}", "--engine=onnxruntime"], 2, "a run is not for onnxruntime"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_line(
    run: Path, words: list[str], code: int, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *(word.format(run=run) for word in words)]) == code
    err = capfd.readouterr().err
    assert why in err and err.count("\n") == 1


def test_a_port_that_is_taken_is_said_with_what_to_type(run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", str(run), f"--port={port}"]) == 1
    err = capfd.readouterr().err
    assert err == (
        f"nnlab: error: --port={port}: cannot listen on 127.0.0.1:{port} (address already in use); "
        "choose another, or --port=0 for any that is free\n"
    )
