"""What errors say is what one passes in Python."""

import pytest

from nnlab.api.spoken import CALLS, as_passed, spoken
from nnlab.cli.main import COMMANDS
from nnlab.core.errors import DataError, Mistakes, UsageError


@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        ("--learning-rate", "learning_rate="),
        ("did you mean --epochs?", "did you mean epochs=?"),
        ("use at least 3, or --no-batch-norm", "use at least 3, or batch_norm=False"),
        ("type --epochs=40, or a smaller --every", "pass epochs=40, or a smaller every="),
        ("add --freeze=backbone for new heads", 'add freeze="backbone" for new heads'),
        ("such as --resize=32,32.", "such as resize=(32, 32)."),
        ("--disk-cache=true keeps them", "disk_cache=True keeps them"),
        ("such as --partitions=0.7,0.15,0.15", "such as partitions=(0.7, 0.15, 0.15)"),
        ("one in each line: --labels=FILE", "one in each line: labels=FILE"),
        ("did you mean --optimizer=Momentum --decay=...?", 'did you mean optimizer="Momentum" decay=...?'),
        ("--set optimizer.decay", '**{"optimizer.decay": ...}'),
        ("--exp-id='two words' is taken", 'exp_id="two words" is taken'),
        (
            "flags say otherwise, --prepare=none leaves this out",
            'keywords say otherwise, prepare="none" leaves this out',
        ),
        ("start anew with --config /runs/a/config.toml", 'start anew with config="/runs/a/config.toml"'),
        ("leave --weights out", "leave weights= out"),
        ("see nnlab train --help", "see nnlab.settings()"),
        ("type: nnlab train 'my photos' --epochs=3 --no-bias", 'nnlab.train("my photos", epochs=3, bias=False)'),
        ("(nnlab compare --backends=numpy,torch)", '(nnlab.compare(backends="numpy,torch"))'),
        ("type: nnlab models fetch u2netp --force", "type: nnlab models fetch u2netp --force"),
        ("runs/a--b/c: not -- a flag", "runs/a--b/c: not -- a flag"),
        ("plain words, 3 - 4 = -1", "plain words, 3 - 4 = -1"),
    ],
)
def test_text(typed: str, passed: str) -> None:
    assert as_passed(typed) == passed
    assert as_passed(passed) == passed  # said twice is said the same


def test_every_command_is_known() -> None:
    """One that is not would have its flags spelt as keywords: nnlab new model=..."""
    for name in COMMANDS:
        command = f"type: nnlab {name} a --no-such"
        assert as_passed(command) == command or name in CALLS


def test_errors_keep_their_class_and_their_cause() -> None:
    mistakes = [
        UsageError("a", where="--lr", hint="did you mean --learning-rate?"),
        UsageError("b", where="--epochs=0"),
    ]
    with pytest.raises(Mistakes) as found, spoken():
        raise Mistakes(mistakes) from KeyError("why")
    assert str(found.value) == "lr: a; did you mean learning_rate=?\nepochs=0: b"
    assert found.value.what == "lr: a; did you mean learning_rate=?; epochs=0: b"
    assert isinstance(found.value.__cause__, KeyError)

    @spoken()
    def fails() -> None:
        """Fails."""
        raise DataError("no such folder", where="x", hint="check --datasets-path")

    with pytest.raises(DataError, match="check datasets_path="):
        fails()
    assert fails.__doc__ == "Fails."
