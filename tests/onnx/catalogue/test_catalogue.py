"""Every entry of the catalogue can be used as it stands."""

import pytest

from nnlab.core.component import make
from nnlab.onnx.catalogue.catalogue import Entry, catalogue, entry_of
from nnlab.onnx.inference.preprocessing import Preprocessing
from nnlab.onnx.inference.recipe import KINDS

ENTRIES = list(catalogue().values())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_whole(entry: Entry) -> None:
    make(Preprocessing, entry.preprocessing)  # raises for an option that there is not
    assert "resize" in entry.preprocessing
    assert entry.title and entry.licence and entry.see.startswith("https://")
    assert entry.kind in KINDS
    assert not entry.url or entry.url.startswith("https://")
    kind, _, digest = entry.checksum.partition(":")
    assert not entry.checksum or len(digest) == {"md5": 32, "sha256": 64}[kind]
    assert not entry.checksum or entry.url


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("u2net", "u2net"),
        ("u2netp.onnx", "u2netp"),
        ("some/where/U2NetP-fp16.onnx", "u2netp"),
        ("mnist-8", "mnist-8"),
        ("mnist-9", None),
        ("my-u2net", None),
    ],
)
def test_names_and_files_find_their_entry(said: str, name: str | None) -> None:
    entry = entry_of(said)
    assert (entry.name if entry else None) == name
