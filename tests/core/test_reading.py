import json
import os
import socket
import tomllib

import pytest

from nnlab.core.reading import open_file, parsed, read_text


def test_text_comes_without_its_byte_order_mark(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfna\xc3\xafve\n")
    assert read_text(tmp_path / "a.txt") == "naïve\n"
    for order in ("utf-16-le", "utf-16-be"):
        (tmp_path / "b.txt").write_bytes("\ufeffnaïve\n".encode(order))
        assert read_text(tmp_path / "b.txt") == "naïve\n"
    (tmp_path / "link").symlink_to("a.txt")
    assert read_text(str(tmp_path / "link")) == "naïve\n"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: os.mkfifo(path), "a named pipe, not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "a device, not a file"),
        (lambda path: path.mkdir(), "a folder, not a file"),
        (lambda path: None, "No such file"),
    ],
)
def test_what_is_no_file_is_not_opened(tmp_path, monkeypatch, make, words):
    make(tmp_path / "a")
    monkeypatch.setattr("os.open", lambda *args: pytest.fail("it was opened"))
    with pytest.raises(OSError, match=words) as caught:
        open_file(tmp_path / "a")
    assert os.fspath(caught.value.filename) == str(tmp_path / "a")


def test_a_socket_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s")
        with pytest.raises(OSError, match="a socket, not a file"):
            read_text("s")


def test_a_file_that_becomes_a_pipe_between_two_looks_is_not_waited_for(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    kept = (tmp_path / "file").stat()
    monkeypatch.setattr("os.stat", lambda path, **options: kept)
    with pytest.raises(OSError, match="a named pipe"):
        open_file(tmp_path / "pipe")


def test_a_text_without_end_is_refused(tmp_path):
    with (tmp_path / "a").open("wb") as file:
        file.truncate(1 << 40)  # sparse
    with pytest.raises(OSError, match="larger than 1,000 bytes"):
        read_text(tmp_path / "a", most=1000)


@pytest.mark.parametrize(
    ("parse", "text"),
    [(json.loads, "[" * 10**5), (tomllib.loads, "a = " + "[" * 10**5), (tomllib.loads, f"a = {'9' * 5000}"),
     (json.loads, "9" * 5000), (json.loads, "{"), (tomllib.loads, "a")],
)  # fmt: skip
def test_whatever_is_wrong_with_a_text_is_one_kind_of_error(parse, text):
    with pytest.raises(ValueError):
        parsed(parse, text)
