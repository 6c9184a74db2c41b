"""What evidence names is found, and never run."""

import sys
from pathlib import Path

import pytest

from nnlab.labs.sources import digest_named, located


def test_a_module_is_found_without_importing_what_is_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "a_plugin" / "inner"
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").write_text("raise SystemExit('was imported')\n")
    (package / "part.py").write_text("def a():\n    return 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert located("a_plugin.inner.part") == package / "part.py"
    assert located("a_plugin") == package.parent / "__init__.py"
    assert digest_named("a_plugin.inner.part:a") != ""
    assert not any(name.startswith("a_plugin") for name in sys.modules)


@pytest.mark.parametrize(
    "name", ["a_plugin_that_is_not_here.part", "numpy.no_such_part", "json.decoder.deeper", "", "a..b"]
)
def test_what_is_not_here_is_nowhere(name: str) -> None:
    assert located(name) is None
