"""Words of other programs mean settings that there are, and none of them is one itself."""

from collections import Counter

from nnlab.core.registry import normalised
from nnlab.experiment.settings import ALIASES, CHOICES, settings
from nnlab.experiment.synonyms import NEEDLESS, WORDS, meant_by, needless

KEYS = {normalised(key) for key in (*CHOICES, *ALIASES, *(setting.key for setting in settings()))}
FOREIGN = [normalised(word) for words in WORDS.values() for word in words.split()]


def test_what_is_meant_is_a_setting():
    assert {normalised(part.split("=")[0]) for said in WORDS for part in said.split()} <= KEYS


def test_no_such_word_is_itself_a_setting_or_means_two():
    assert not KEYS & set(FOREIGN)
    assert [word for word, count in Counter(FOREIGN).items() if count > 1] == []


def test_what_is_always_done_is_said_to_be_needless():
    assert "shuffled in every epoch" in (needless("Shuffle") or "")
    assert needless("nonsense") is None
    words = [normalised(word) for words in NEEDLESS for word in words.split()]
    assert not (KEYS | set(FOREIGN)) & set(words) and len(set(words)) == len(words)


def test_a_word_is_known_however_it_is_written():
    assert meant_by("Batch-Size") == meant_by("batch_size") == ["max_minibatch_size"]
    assert meant_by("augmentation") == ["augment"]
    assert meant_by("nonsense") == []
