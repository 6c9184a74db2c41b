"""The page docs/onnx-support.md is what the script writes."""

import onnx
import pytest

from nnlab.onnx.suite.cases import Case, cases
from nnlab.onnx.suite.page import page
from nnlab.onnx.suite.passed import page_path, read_passed

TWO = (
    Case("test_add", "node", frozenset({("", "Add", 14)})),
    Case("test_tfidf", "node", frozenset({("", "TfIdfVectorizer", 9), ("", "Add", 14)})),
)


def written() -> str:
    return page_path().read_text()


@pytest.mark.usefixtures("torch_installed")
def test_the_page_is_what_the_script_writes() -> None:
    if f"version {onnx.__version__}," not in written():
        pytest.skip(f"the page is of another version of onnx than {onnx.__version__}")
    passed = {engine: read_passed(engine) for engine in ("numpy", "torch")}
    assert page(cases(), passed) == written(), "run `python -m nnlab.onnx.suite`"


@pytest.mark.usefixtures("torch_installed")
def test_it_counts_by_operator_and_names_what_does_not_pass() -> None:
    text = page(TWO, {"numpy": ["test_add", "test_tfidf"], "torch": ["test_add"]})
    assert "| all | 2 | 2 | 1 |" in text
    assert "| the vision part | 1 | 1 | 1 |" in text
    assert "| Add | 7, 13, 14 | yes | yes | yes | 2 | 2 | 1 |" in text.replace("| Add | 6, 7", "| Add | 7")
    assert "| TfIdfVectorizer | 9 | yes | - | - | 1 | 1 | 0 |" in text
    assert "**torch**: `tfidf`" in text
