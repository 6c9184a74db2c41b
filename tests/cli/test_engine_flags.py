"""Flags of engines: what they come to, and all that is wrong with them in one go."""

import pytest

from nnlab.cli.engine_flags import AT_ONCE, engine_of, engine_options
from nnlab.cli.main import main
from nnlab.core.errors import NnlabError
from nnlab.labs.engines.base import EngineOptions


def test_what_is_said_comes_to_an_engine() -> None:
    mistakes: list[NnlabError] = []
    engine = engine_of({"engine": "LOCAL", "engine_workers": "2", "retries": 0, "fail_fast": True}, mistakes)
    assert (type(engine).__name__, engine.options) == ("Local", EngineOptions(2, None, 0, True))
    assert engine_of({}, mistakes).options == EngineOptions(None, None, 2, False)
    engine = engine_of({"engine": "dask", "address": "tcp://127.0.0.1:1"}, mistakes)
    assert (type(engine).__name__, engine.options.address) == ("Dask", "tcp://127.0.0.1:1")
    assert not mistakes


def test_where_workers_is_a_setting_the_flag_has_another_name() -> None:
    assert [option.opts[0] for option in engine_options()][1] == "--workers"
    assert [option.opts[0] for option in engine_options(AT_ONCE)][1] == "--at-once"


def test_all_mistakes_are_said_together(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--engine=dsk", "--at-once=0", "--retries=-1", "--fail-fast", "--keep-going", "--repeats=0"]
    assert main(["study", "models", "numbers", *flags]) == 2
    lines = [line.removeprefix("nnlab: error: ") for line in capsys.readouterr().err.splitlines()]
    assert lines == [
        "--repeats: must be a whole number from 1 to 1000, got 0; such as --repeats=3",
        "--fail-fast: and --keep-going exclude each other; leave one out",
        "--at-once: must be a whole number from 1 to 4096, got 0; such as --at-once=2",
        "--retries: must be a whole number from 0 to 1000, got -1; such as --retries=2",
        "--engine: unknown engine 'dsk'; did you mean Dask?",
    ]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--engine=dask"], "--address: is needed: the dask engine has a cluster do the work; start one: dask sch"),
        (["--engine=dask", "--address=here"], "--address=here: is no address of a scheduler; such as"),
        (["--address=tcp://127.0.0.1:1"], "--address: is of engines that work elsewhere, and local works here"),
        (["--threads=4096", "--at-once=2"], "--engine=local: 2 cells at once of 4096 threads each are more than"),
    ],
)
def test_what_an_engine_cannot_do_is_refused_before_a_folder_is_made(
    capsys: pytest.CaptureFixture[str], tmp_path: object, flags: list[str], said: str
) -> None:
    command = ["study", "models", "numbers", "--models=NLayers", "--resize=8", "--epochs=1", f"--runs-dir={tmp_path}/r"]
    assert main([*command, *flags]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"nnlab: error: {said}")
