"""`nnlab.settings`: the keywords of `nnlab.train`."""

import nnlab
from nnlab.experiment.settings import CHOICES, settings


def test_every_setting_is_listed_with_its_default() -> None:
    every = nnlab.settings()
    assert {row.name for row in every} == {*CHOICES, *(each.key for each in settings())}
    assert "--" not in repr(every)
    rate = next(row for row in nnlab.settings("learning rate") if row.name == "learning_rate")
    assert rate.section == "optimizer" and rate.default == "0.001"


def test_words_choose_and_tables_are_shown() -> None:
    few = nnlab.settings("dropout")
    assert 0 < len(few) < 12 and "dropout_rate" in {row.name for row in few}
    assert repr(few).splitlines()[0].split()[0] == few[0].name
    assert "<table" in few._repr_html_() and nnlab.settings("no such word") == ()
    assert repr(nnlab.settings("no such word")) == ""
