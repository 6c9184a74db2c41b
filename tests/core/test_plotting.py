import os
import subprocess
import sys
import threading
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


PROGRAM = """
import sys
import threading
from pathlib import Path
from nnlab.tracking.canvas import figure_at
with figure_at(Path(sys.argv[1]), 2, 1) as figure:
    figure.text(0.5, 0.5, "x")
import matplotlib
print(dict.__getitem__(matplotlib.rcParams, "backend"))
"""


@pytest.mark.parametrize("asked", ["svg", None])
def test_what_a_program_s_own_figures_are_drawn_with_stays_its_affair(asked: str | None, tmp_path: Path) -> None:
    """Figures that a notebook draws after a run show in it, and those of a script open as they would."""
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    environment |= {} if asked is None else {"MPLBACKEND": asked}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "a.png")]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    assert (tmp_path / "a.png").stat().st_size > 0
    assert said == asked if asked else said.lower() != "agg"


def test_two_threads_may_import_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    inside: list[int] = []
    faults: list[BaseException] = []

    def enter() -> None:
        try:
            for _ in range(50):
                with plotting_settings():
                    inside.append(1)
                    assert len(inside) == 1
                    inside.pop()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults and os.environ["MPLBACKEND"] == "Agg"


def test_without_a_home_its_settings_are_in_the_cache(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pathlib.Path.expanduser", lambda path: (_ for _ in ()).throw(RuntimeError("no home")))
    with plotting_settings():
        assert os.environ["MPLCONFIGDIR"] == str(cache_folder / "matplotlib")
    monkeypatch.delenv("MPLCONFIGDIR")
