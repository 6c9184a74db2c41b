"""`nnlab train --live` as users type it, and as a browser sees it."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main

SMALL = (
    "--dataset=blobs",
    "--resize=12,12",
    "--epochs=2",
    "--model=NLayers",
    "--layers=8",
    "--no-disk-cache",
    "-q",
    "--gradient-checks=off",
)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """One that is free; the token of the address is `token`."""
    monkeypatch.setattr("secrets.token_urlsafe", lambda length: "token")
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def events(port: int) -> Iterator[tuple[str, Any]]:
    """All that a browser is told, until the end."""
    for _ in range(400):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/token/events")
            break
        except ConnectionError:
            threading.Event().wait(0.01)
    name = ""
    for line in connection.getresponse():
        kind, _, rest = line.decode().rstrip("\n").partition(": ")
        if kind == "event":
            name = rest
        elif kind == "data":
            yield name, json.loads(rest)
    connection.close()


def watched(port: int, blobs: Path, *words: str) -> tuple[int, list[tuple[str, Any]]]:
    """What `nnlab train --live` returns, and what a browser was told meanwhile."""
    told: Future[list[tuple[str, Any]]] = Future()
    thread = threading.Thread(target=lambda: told.set_result(list(events(port))))
    thread.start()
    code = main(["train", f"--datasets-path={blobs}", *SMALL, f"--live-port={port}", *words])
    thread.join()
    return code, told.result()


def test_a_browser_sees_every_run_to_its_end_and_what_is_trained_is_the_same_to_the_bit(
    port: int, blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", f"--datasets-path={blobs}", *SMALL, "--runs-dir=plain"]) == 0
    capfd.readouterr()
    second = ["-e", f"--datasets-path={blobs}", *SMALL, "--exp-id=second", "--runs-dir=live"]
    code, told = watched(port, blobs, "--runs-dir=live", *second)
    err = capfd.readouterr().err
    assert code == 0 and err.splitlines()[0] == f"live: http://127.0.0.1:{port}/token/"
    states = [state for name, state in told if name == "state"]
    assert [(run["id"], run["status"]) for run in states[-1]["runs"]] == [("main", "finished"), ("second", "finished")]
    assert states[-1]["runs"][0]["line"].startswith("epoch 2/2  loss ") and states[-1]["shown"] == 2
    last = [page for name, page in told if name == "page"][-1]
    assert last["number"] == 2 and "NLayers on blobs" in last["html"] and "-second-" in last["html"]
    assert told[-1] == ("end", {})
    plain = Path("plain", "latest").resolve()
    (live,) = Path("live").glob("*-main-*")
    for name in ("weights/best.safetensors", "weights/last.safetensors", "predictions.jsonl"):
        assert (plain / name).read_bytes() == (live / name).read_bytes(), name
    files = [sorted(path.relative_to(run).as_posix() for path in run.rglob("*")) for run in (plain, live)]
    assert files[0] == files[1]  # nothing is written but the run
    assert sorted(path.name for path in tmp_path.iterdir()) == ["live", "plain"]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--live-port=x"], 2, "--live-port: must be a whole number from 0 to 65535, got 'x'"),
        (["--live-port=65536"], 2, "--live-port: must be a whole number from 0 to 65535, got '65536'"),
        (["--live", "--resize=0,0"], 2, "--resize"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_trained(
    words: list[str], code: int, why: str, blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["train", f"--datasets-path={blobs}", *SMALL, *words]) == code
    assert why in capfd.readouterr().err


def test_a_port_that_is_taken_is_said_before_anything_is_trained(
    blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["train", f"--datasets-path={blobs}", *SMALL, f"--live-port={port}"]) == 1
    err = capfd.readouterr().err
    assert f"--live-port={port}: cannot listen on 127.0.0.1:{port}" in err and err.count("\n") == 1
    assert not list(tmp_path.iterdir())
