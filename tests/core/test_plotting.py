import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.core.plotting import plotting_settings


@pytest.mark.parametrize("asked", [None, "module://matplotlib_inline.backend_inline", "no such thing", ""])
def test_matplotlib_can_be_imported_whatever_backend_is_asked_for(asked: str | None) -> None:
    program = "import os; from nnlab.core.plotting import plotting_settings\nbefore = os.environ.get('MPLBACKEND')\n"
    program += "with plotting_settings(): import matplotlib\nassert os.environ.get('MPLBACKEND') == before"
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    environment |= {} if asked is None else {"MPLBACKEND": asked}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_home_its_settings_are_in_the_cache(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pathlib.Path.expanduser", lambda path: (_ for _ in ()).throw(RuntimeError("no home")))
    with plotting_settings():
        assert os.environ["MPLCONFIGDIR"] == str(cache_folder / "matplotlib")
    monkeypatch.delenv("MPLCONFIGDIR")
