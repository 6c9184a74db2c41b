import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.printing import printable, printable_lines


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain name.png", "plain name.png"),
        ("a\nnnlab: error: all is lost", "a\\nnnlab: error: all is lost"),
        ("red\x1b[31m", "red\\x1b[31m"),
        ("eight-bit escape \x9b2J", "eight-bit escape \\x9b2J"),
        ("back\b\rand\ttab", "back\\x08\\rand\\ttab"),
        ("next\x85line\u2028sep\u2029par", "next\\x85line\\u2028sep\\u2029par"),
        ("gnp.\u202egpj", "gnp.\\u202egpj"),
        ("犬 café ﷺ 👩\u200d👩\u200d👧 می\u200cخواهم no\u00a0break\u3000wide", None),
        (os.fsdecode(b"caf\xe9.png"), "caf\\xe9.png"),
        ("lone \ud800 half", "lone \\ud800 half"),
    ],
)
def test_what_speaks_to_a_terminal_is_written_out_and_names_stay_names(name: str, shown: str | None) -> None:
    assert printable(name) == (name if shown is None else shown)


def test_a_path_is_shown_as_its_name(tmp_path) -> None:
    assert printable(tmp_path / "a\nb") == f"{tmp_path}/a\\nb"


def test_lines_stay_where_there_are_to_be_several() -> None:
    assert printable_lines("one\ntwo\r\x1b[2J\n") == "one\ntwo\\r\\x1b[2J\n"


@given(st.text(alphabet=st.characters(codec=None)))
def test_whatever_comes_is_one_line_that_can_be_encoded(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in shown)
    assert shown.encode("utf-8").decode("utf-8") == shown == printable(shown)
