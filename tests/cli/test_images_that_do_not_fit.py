"""What does not fit a network of images: one line that names the layer, before a picture is read, and exit code 2."""

from pathlib import Path

import pytest

from nnlab.cli.main import main


@pytest.fixture
def said(blobs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Exit code and error of `nnlab train` with these options; nothing may be prepared."""

    def unread(*args: object, **options: object) -> None:
        raise AssertionError("pictures are read before it is known whether they fit")

    monkeypatch.setattr("nnlab.experiment.build.read", unread)

    def run(*args: str) -> tuple[int, str]:
        runs = tmp_path / "runs"
        where = (f"--datasets-path={blobs}", "--dataset=blobs", f"--runs-dir={runs}")
        code = main(["train", *where, "--epochs=1", "--quiet", *args])
        assert not runs.exists() or not list(runs.iterdir())
        return code, capsys.readouterr().err

    return run


TOO_SMALL = "does not fit into 1 with its padding, of an image of 1 x 1; use a larger --resize than 4,4"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ("--model=SmallCnn --resize=4,4", f"node 'pool_3': a kernel that reaches over 2 {TOO_SMALL}"),
        ("--model=MBConvNet --resize=2,9", "node 'stem_pool': a kernel that reaches over 2 does not fit into 1"),
        ("--model=ConvNeXtTiny --resize=9,3", "node 'stem_conv': a kernel that reaches over 4 does not fit into 3"),
        ("--model=SmallCnn --resize=8 --flatten", "node 'conv_1': Conv2d takes one image (height, width, channels)"),
        ("--model=SmallCnn --resize=8 --flatten", "got (192,); images come as they are with --no-flatten"),
        (
            "--model=SmallCnn --convolution=fft",
            "--convolution: 'fft' is not one of its values; there are auto, columns",
        ),
        ("--model=SmallCnn --widths=8,0", "--widths: must be at least 1, got 0"),
        ("--model=SmallCnn --kernel=0", "--kernel: must be at least 1, got 0"),
        ("--model=ResNet18 --stem=large", "--stem: 'large' is not one of its values; there are usual, small"),
    ],
)
def test_one_line_and_exit_code_2(said, args, words):
    code, error = said(*args.split())
    assert (code, error.count("\n")) == (2, 1), error
    assert error.startswith("nnlab: error: ")
    assert words in error


def test_a_form_is_numpys(said):
    pytest.importorskip("torch", reason="torch is not installed (extra [torch])")
    code, error = said("--model=SmallCnn", "--resize=8", "--backend=torch", "--convolution=winograd")
    assert (code, error.count("\n")) == (2, 1), error
    assert "--convolution: the torch backend has convolutions of its own; leave it out" in error


def test_what_fits_is_read(said):
    """So the tests above would notice it."""
    with pytest.raises(AssertionError, match="pictures are read"):
        said("--model=SmallCnn", "--resize=8", "--debug")
