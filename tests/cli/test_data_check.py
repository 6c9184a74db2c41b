"""`nnlab data check`, as typed."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main
from tests.data.checks.planted import packed, texture


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two classes of eight sound pictures, in a folder of the working directory."""
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng(1)
    for label in ("cat", "dog"):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for number in range(8):
            (tmp_path / "photos" / label / f"{number}.png").write_bytes(packed(texture(chance)))
    return tmp_path / "photos"


ONLY = ("--without=FewSamples,Blurred,OddSizes,Dark,LossyShift",)


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["data", "check", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_sound_set_ends_with_0_and_with_strict_with_5_for_its_few_pictures(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = checked(capsys, "photos/", "-q")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "photos: 16 pictures of 2 classes: 11 training, 3 dev, 2 test"
    assert lines[1].startswith("files: 16 png; digest ")
    assert lines[3:] == [
        "warning  classes with few pictures",
        "         2 of 2 classes have fewer than the guide's 3,000 (cat 8, dog 8)",
        "         -> add pictures, use --augment, or start from trained weights: --weights",
        "",
        "1 warning",
    ]
    assert checked(capsys, "photos", "-q", "--strict")[0] == 5
    code, out, _ = checked(capsys, "photos", "-q", "--strict", "--per-class=4", "--complexity=2")
    assert (code, out.splitlines()[-1]) == (0, "nothing found")


def test_faults_come_first_and_end_with_5(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "cat" / "9.png").write_bytes(b"")
    (photos / "dog" / "9.jpg").write_bytes((photos / "dog" / "1.png").read_bytes()[:-40])
    code, out, _ = checked(capsys, "photos", "-q")
    assert code == 5
    lines = out.splitlines()
    assert lines[3:6] == [
        "wrong    unreadable files: 2",
        "         cat/9.png: empty (0 bytes)",
        "         dog/9.jpg: truncated: it ends too early",
    ]
    assert lines[-1] == "2 wrong, 1 warning"


def test_json_has_every_finding_and_the_digest_which_a_changed_byte_a_name_or_the_split_change(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def document(*words: str) -> dict:  # type: ignore[type-arg]
        return json.loads(checked(capsys, "photos", "-q", "--json", *words)[1])

    first = document()
    assert (first["schema_version"], first["pictures"], first["wrong"], first["warnings"]) == (1, 16, 0, 1)
    assert first["classes"]["cat"] == {"training": 6, "dev": 1, "test": 1}
    assert [one["check"] for one in first["checks"]] == ["FewSamples"]
    os.utime(photos / "cat" / "1.png", (0, 0))
    assert document()["digest"] == first["digest"]
    digests = {first["digest"], document("--dataset-seed=3")["digest"]}
    (photos / "cat" / "1.png").rename(photos / "cat" / "one.png")
    digests.add(document()["digest"])
    (photos / "cat" / "one.png").write_bytes(packed(texture(np.random.default_rng(99))))
    digests.add(document()["digest"])
    assert len(digests) == 4


def test_checks_are_chosen_left_out_and_tuned(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(8, 40):
        (photos / "cat" / f"{number}.png").write_bytes(packed(texture(np.random.default_rng(number))))
    code, out, _ = checked(capsys, "photos", "-q", "--only=imbalance,dark")
    assert code == 0
    assert "cat has 40 pictures and dog 8: 5 times; who always says cat is right in 83%" in out
    assert "few" not in out
    assert "nothing found" in checked(capsys, "photos", "-q", "--only=Imbalance", "--tune=Imbalance:ratio=6")[1]
    assert "nothing found" in checked(capsys, "photos", "-q", "--without=Imbalance,FewSamples")[1]


def test_all_mistakes_are_told_at_once(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--only=Darkk", "--tune=Imbalance:ratio=x", "--tune=Blank:contrst=1"]
    code, out, err = checked(capsys, "photos", *words)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "nnlab: error: unknown data check 'Darkk'; did you mean Dark?",
        "nnlab: error: contrst: Blank has no such option; did you mean contrast?",
        "nnlab: error: Imbalance.ratio: must be a number, got 'x'",
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere/"], 5, "nowhere"),
        (["empty/"], 5, "is empty: it has no class folders"),
        (["photos", "--per-class=0"], 2, "--per-class: must be at least 1, got 0"),
        (["photos", "--tune=Blank"], 2, "--tune: must be CHECK:option=value, got 'Blank'"),
        (["photos", "--output=page.txt"], 2, "must be an HTML file, got 'page.txt'"),
        (["photos", "--output=there/page.html"], 2, "no such folder; make there first"),
        (["photos", "--partitons=1,0,0"], 2, "did you mean"),
        (["photos", "-e", "--trim"], 2, "one dataset is checked"),
    ],
)
def test_what_cannot_be_is_one_line(
    photos: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    (photos.parent / "empty").mkdir()
    found, out, err = checked(capsys, *words, "-q")
    assert (found, out) == (code, "")
    (line,) = err.splitlines()
    assert said in line


def test_the_page_has_the_pictures_and_no_markup_of_hostile_names(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = '"><script>alert(1)</script>\x1b[31m.png'
    (photos / "dog" / name.replace("/", "_")).write_bytes((photos / "cat" / "1.png").read_bytes())
    (photos / "cat" / "link.png").symlink_to(photos / "cat" / "2.png")
    code, out, _ = checked(capsys, "photos", "-q", "--output=page.html")
    assert code == 5
    assert "\x1b" not in out and "are said to be cat and dog" in out
    page = (photos.parent / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "\x1b" not in page and "&lt;script&gt;" in page
    assert page.count('src="data:image/jpeg;base64,') == 6  # one in two classes and partitions, one and a link to it
    assert "http" not in page.replace("http-equiv", "")


def test_a_page_of_a_set_with_hundreds_of_faults_stays_small(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(60):
        (photos / "cat" / f"copy{number}.png").symlink_to(photos / "cat" / "0.png")
        (photos / "dog" / f"none{number}.png").symlink_to(photos / "nowhere.png")
    assert checked(capsys, "photos", "-q", "--output=page.html")[0] == 5
    assert (photos.parent / "page.html").stat().st_size < 150_000


def test_a_page_that_cannot_be_written_is_one_line(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos.parent / "page.html").mkdir()
    code, _, err = checked(capsys, "photos", "-q", "--output=page.html")
    assert code == 1 and len(err.splitlines()) == 1 and "choose another --output" in err


def test_hundreds_of_classes_are_no_matter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(0).integers(0, 256, (1600, 4, 4), dtype=np.uint8)
    np.savez(tmp_path / "many.npz", x=x, y=np.arange(1600) % 800)
    code, out, _ = checked(capsys, str(tmp_path / "many.npz"), "-q", "--output", str(tmp_path / "page.html"))
    assert code == 0 and "800 of 800 classes have fewer" in out and max(map(len, out.splitlines())) < 200
    assert "and 600 more classes" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_printed_digits_leak_by_a_random_split(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = checked(capsys, str(shared_data / "printed_digits"), "-q", "--filter-dataset=200-599", *ONLY)
    assert code == 0
    assert "a random split leaks" in out and "--group-by=REGEX" in out and "unreadable" not in out


def test_cats_and_dogs_have_no_copies_and_all_can_be_read(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = "--filter-dataset=0-59,280-339"  # all 560 take three times as long
    assert "nothing found" in checked(capsys, str(shared_data / "cats_dogs"), "-q", some, *ONLY)[1]


def test_a_png_of_16_bits_and_a_bomb_are_told(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.data.checks.planted import header_of

    (photos / "cat" / "bomb.png").write_bytes(header_of(50_000, 50_000))
    Image.fromarray(np.full((48, 48), 9, np.uint16)).save(photos / "cat" / "deep.png")
    out = checked(capsys, "photos", "-q")[1]
    assert "cat/bomb.png: too large: 50,000 x 50,000 pixels" in out
    assert "cat/deep.png: grey, 16 bits, and the others are in colour" in out
