"""Numbers of flags: ranges, lists, and every mistake at once."""

import pytest

from nnlab.cli.numbers import Numbers
from nnlab.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0..4", ["0", "1", "2", "3", "4"]),
        ("0.75..1.5", ["0.75", "1.0", "1.25", "1.5"]),
        ("0.5..2:0.5", ["0.5", "1.0", "1.5", "2.0"]),
        ("24, 32", ["24", "32"]),
        ("16..48:16,64", ["16", "32", "48", "64"]),
    ],
)
def test_lists(text: str, words: list[str]) -> None:
    assert Numbers({"sizes": text}).list("sizes", "") == words


@pytest.mark.parametrize("text", ["", "a", "1,,2", "4..1", "1..2:0", "1..x", "1,1", "1:2", "nan", "0..9999"])
def test_what_is_no_list(text: str) -> None:
    numbers = Numbers({"sizes": text})
    numbers.list("sizes", "")
    with pytest.raises(UsageError, match="--sizes: "):
        numbers.refuse()


def test_all_mistakes_at_once() -> None:
    numbers = Numbers({"alpha": "0.9", "phi": "x", "passes": "1.5", "crop_scale": "0.7,0.2"})
    assert numbers.number("alpha", 1.2, low=1) == 1.2
    assert numbers.whole("passes", 20) == 20
    assert numbers.pair("crop_scale", (0.2, 0.7), low=0, high=1) == (0.2, 0.7)
    assert numbers.list("phi", "0..4") == []
    with pytest.raises(UsageError) as error:
        numbers.refuse()
    lines = str(error.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["--alpha", "--passes", "--crop-scale", "--phi"]
