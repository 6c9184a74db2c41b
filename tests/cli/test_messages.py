"""What the rooms say reaches the user, and is heard once."""

import logging

import pytest

from nnlab.cli.main import main
from nnlab.cli.messages import messages_to


def test_warnings_and_notes_go_their_ways() -> None:
    said: list[str] = []
    warned: list[str] = []
    messages_to(said.append, warned.append)
    logging.getLogger("nnlab.data").info("drawing %s", "numbers")
    logging.getLogger("nnlab.data").warning("no cache")
    logging.getLogger("nnlab.run").info("for the log alone")
    assert (said, warned) == (["drawing numbers"], ["nnlab: warning: no cache"])


def test_who_listened_before_hears_no_more() -> None:
    before: list[str] = []
    messages_to(before.append, before.append)
    now: list[str] = []
    messages_to(now.append, now.append)
    logging.getLogger("nnlab.data").info("drawing")
    assert (before, now) == ([], ["drawing"])


@pytest.mark.usefixtures("cache_folder")
def test_drawing_a_set_on_first_use_is_said(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert main(["train", "--dataset=colors", "--epochs=1", "--resize=8,8"]) == 0
    said = capfd.readouterr().err.splitlines()
    assert len([line for line in said if line.startswith("drawing colors (180 images) into ")]) == 1
