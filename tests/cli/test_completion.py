"""What Tab offers, and the words of other programs that lead to ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class
from click.testing import CliRunner

from nnlab.cli.completion import KEEPING, VARIABLE
from nnlab.cli.main import COMMANDS, cli, main

ZSH_STUBS = """
compdef() { : }
compset() { IPREFIX=${PREFIX%%=*}=; PREFIX=${PREFIX#*=} }
compadd() { [[ $1 == -U && $2 == -i ]] && print -r -- "$3${completions[1]}" }
"""
"""What zsh has only while Tab is pressed, as far as our script asks for it."""

ZSH = "words=(nnlab train --model=NL); CURRENT=3; PREFIX=--model=NL; _nnlab_completion"


def offered(*words: str) -> list[str]:
    """What is offered for the last word, as a shell that splits at `=` asks for it."""
    shell = get_completion_class("zsh")
    assert shell is not None
    return [item.value for item in shell(cli, {}, "nnlab", VARIABLE).get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("tr",), ["train"]),
        (("train", "--layer"), ["--layers"]),
        (("train", "--model", "n"), ["NLayers"]),
        (("train", "--model=NLayers", "--early-stopping", ""), ["mark", "stop", "off"]),
        (("bench", "--optimizer", "Adam"), ["Adam", "AdamW"]),
        (("train", "--trim", ""), ["true", "false"]),
        (("train", "--dataset", "col"), ["colors"]),
        (("infer", "--onnx-model", "u2netp"), ["u2netp"]),
        (("train", "--augment", "ro"), ["Rotate"]),
        (("train", "--image-steps", "gr"), ["Grayscale"]),
        (("data", "make", ""), ["centred", "colors", "numbers", "plain_shapes", "rotated_digits", "shapes"]),
        (("models", "fetch", "u2netp"), ["u2netp"]),
        (("help", "tr"), ["train"]),
        (("nonsense", ""), []),
        (("data", "nonsense", "x"), []),
    ],
    ids=str,
)
def test_words_that_begin_so_are_offered(words: tuple[str, ...], expected: list[str]) -> None:
    assert [word for word in offered(*words) if word][: len(expected)] == expected


def test_a_folder_may_follow_train_and_its_kind() -> None:
    shell = get_completion_class("bash")
    assert shell is not None
    for command in ("train", "compare", "bench"):
        items = shell(cli, {}, "nnlab", VARIABLE).get_completions([command, "--epochs=3"], "pho")
        assert [(item.value, item.type) for item in items] == [("pho", "dir")]


@pytest.mark.parametrize("words", [["--model", "=", "N"], ["--model", "N"]])
def test_bash_splits_words_at_equals_signs(words: list[str], tmp_path: Path) -> None:
    line = ["nnlab", "train", *words]
    asked = {VARIABLE: "bash_complete", "COMP_WORDS": " ".join(line), "COMP_CWORD": str(len(line) - 1)}
    done = subprocess.run(
        [sys.executable, "-m", "nnlab"], env={**os.environ, **asked}, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("plain,NLayers\n", "")


@pytest.mark.parametrize(
    ("shell", "script", "typed"),
    [
        ("fish", "complete -C 'nnlab train --model=NL' | string match -r '^[^\\t]*'", "--model=NLayers"),
        ("zsh", ZSH, "--model=NLayers"),
    ],
)
def test_shells_complete_what_stands_behind_an_equals_sign(shell: str, script: str, typed: str, tmp_path: Path) -> None:
    """As Tab leaves the word. Where the shell is not installed, what its script says is looked at."""
    lines = CliRunner().invoke(cli, ["completion", shell]).output
    assert {"fish": 'echo "$flag$metadata[2]"', "zsh": "compset -P '*='"}[shell] in lines
    assert "%%" not in lines and "%(" not in lines
    if shutil.which(shell) is None:
        return
    (tmp_path / "nnlab").write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m nnlab "$@"\n')
    (tmp_path / "nnlab").chmod(0o755)
    (tmp_path / "script").write_text(lines)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    whole = f"{ZSH_STUBS}source ./script; {script}" if shell == "zsh" else f"source ./script; {script}"
    done = subprocess.run(
        [shell, "-c", whole], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == f"{typed}\n", done.stderr


def test_every_setting_of_train_is_offered() -> None:
    found = offered("train", "--")
    assert {"--model", "--layers", "--learning-rate", "--dataset", "--resume", "--config", "--json"} <= set(found)


def test_partitions_and_the_settings_of_data_are_offered_to_who_looks_at_samples() -> None:
    assert offered("data", "show", "--partition", "") == ["training", "dev", "test"]
    assert {"--augmented", "--augment", "--resize", "--nbr-clones"} <= set(offered("data", "show", "--"))


def test_runs_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("20260101-000000-a-01", "20260102-000000-b-02"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "config.toml").touch()
    (tmp_path / "runs" / "notes").mkdir()
    monkeypatch.chdir(tmp_path)
    names = ["runs/20260102-000000-b-02", "runs/20260101-000000-a-01"]
    for words in (("infer", "--run", ""), ("train", "--resume", ""), ("export", ""), ("train", "--weights", "runs/")):
        assert [word for word in offered(*words) if word.startswith("runs/2")] == names, words
    assert offered("infer", "--run", "a")[1:] == ["a"]
    assert offered("infer", "--run", "20260101")[1:] == ["20260101-000000-a-01"]


def test_files_come_before_words_since_bash_forgets_what_stood_before_them() -> None:
    shell = get_completion_class("bash")
    assert shell is not None
    items = shell(cli, {}, "nnlab", VARIABLE).get_completions(["infer", "--onnx-model"], "u2netp")
    assert [item.type for item in items][:2] == ["file", "plain"]


@pytest.mark.parametrize("shell", KEEPING)
def test_the_script_of_every_shell_asks_nnlab(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in text
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=text, text=True, check=True, timeout=60)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["predict"], "infer"),
        (["eval"], "evaluate"),
        (["fit"], "train"),
        (["benchmark"], "bench"),
        (["train", "--lr=1"], "--learning-rate"),
        (["train", "--batch-size=8"], "--max-minibatch-size"),
        (["train", "--gpu"], "--device=cuda"),
        (["train", "--patience=3"], "--early-stopping-patience"),
        (["train", "--momentum=0.9"], "--optimizer=Momentum --decay"),
        (["train", "--optimizer=SGD"], "Constant or Momentum"),
        (["train", "--loss=mse"], "MeanSquaredError"),
        (["train", "--model=MLP"], "NLayers"),
        (["train", "--model=CNN"], "SmallCnn"),
        (["train", "--device=GPU"], "cuda"),
        (["train", "--dtype=fp32"], "float32"),
        (["train", "--input-scaling=minmax"], "range"),
    ],
    ids=str,
)
def test_words_of_other_programs_are_answered_with_ours(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(f"; did you mean {hint}?")


def test_help_and_version_are_words_too(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for words in (["help", "train"], ["train", "--help"], ["version"], ["--version"], ["help"], ["--help"]):
        assert main(words) == 0
        texts.append(capsys.readouterr().out)
    assert texts[::2] == texts[1::2]
    assert all(name in texts[-1] for name in COMMANDS)
    assert main(["help", "predict"]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--resize=32"], "resize = [32, 32]"),
        (["--resize=32x24"], "resize = [32, 24]"),
        (["--resize", "32", "24"], "resize = [32, 24]"),
        (["--layers", "100", "50"], "layers = [100, 50]"),
        (["--layers", "100,50", "20", "--epochs", "3"], "layers = [100, 50, 20]"),
        (["--partitions=0.8,0.1,0.1"], "partitions = { training = 0.8, dev = 0.1, test = 0.1 }"),
        (["--partitions", "0.8", "0.1", "0.1"], "partitions = { training = 0.8, dev = 0.1, test = 0.1 }"),
        (["--partitions=training=0.6,test=0.2,dev=0.2"], "partitions = { training = 0.6, dev = 0.2, test = 0.2 }"),
    ],
    ids=str,
)
def test_values_may_be_written_as_people_write_them(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--model=NLayers", "--dataset=colors", "--dry-run", *words]) == 0
    assert said in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--resize=32,24,3"], "--resize: must be 2 values"),
        (["--resize=big"], "--resize: must be a whole number"),
        (["--partitions=0.8,0.2"], "--partitions: must be 3 numbers, for training, dev, test"),
        (["--partitions=0.8,0.1,half"], "--partitions: must be a number, got 'half'"),
        (["--layers", "100", "x50"], "unexpected argument"),
    ],
    ids=str,
)
def test_values_that_cannot_be_are_refused(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--model=NLayers", "--dataset=colors", "--dry-run", *words]) == 2
    assert says in capsys.readouterr().err


def test_a_missing_or_wrong_shell_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (([], "Choose from: bash, zsh, fish"), (["tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'")):
        assert main(["completion", *words]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.endswith(said)


def test_a_word_like_none_is_answered_with_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["zzz"]) == 2
    assert capsys.readouterr().err == f"nnlab: error: no command 'zzz'; there are {', '.join(COMMANDS)}\n"
    assert main(["train", "--loss=zzz"]) == 2
    assert "unknown loss 'zzz'; there are " in capsys.readouterr().err
