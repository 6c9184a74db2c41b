"""What every test stands on: a clean environment, a cache folder of its own, reproducible properties."""

import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

# No deadline: a property that needs 300 ms on a busy machine is not wrong. Derandomized: the same tests everywhere.
hypothesis.settings.register_profile("nnlab", deadline=None, derandomize=True, max_examples=50, database=None)
hypothesis.settings.load_profile("nnlab")


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """No NNLAB_* of the person who runs the tests; caches and Matplotlib's settings in a temporary folder."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="nnlab-tests-") as folder:
        for name in [name for name in os.environ if name.startswith("NNLAB_")]:
            patch.delenv(name)
        patch.setenv("NNLAB_CACHE_DIR", str(Path(folder) / "cache"))
        patch.setenv("MPLBACKEND", "Agg")
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "120")
        yield


@pytest.fixture(scope="session", autouse=True)
def drawing() -> Iterator[Callable[..., None]]:
    """Drawing is most of a small run's time: runs draw no figures but in tests that say `figures`."""
    from nnlab.experiment.run import _Session

    draw = _Session._draw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Session, "_draw", lambda session, result: None)
        yield draw


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch, drawing: Callable[..., None]) -> None:
    """Has runs of this test draw their figures, for it to look at."""
    monkeypatch.setattr("nnlab.experiment.run._Session._draw", drawing)


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder for one test alone; the session's other tests share one."""
    folder = tmp_path / "nnlab-cache"
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos beside the checkout; a test that needs it is skipped where it is not."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data beside the repository (photos that do not ship with it)")
    return folder


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium, started once (tests/browser.py); tests that need it are skipped where there is none."""
    spec = importlib.util.spec_from_file_location("nnlab_tests_browser", Path(__file__).with_name("browser.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    program = module.chromium()
    if program is None:
        pytest.skip("no chromium here (bin/test installs it where it may)")
    opened = module.Browser(program, tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def axe(repository: Path) -> str:
    """The script of axe-core, which finds faults of accessibility in a page; bin/test fetches it with npm."""
    script = repository / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip("no axe-core here (bin/test fetches it where there is npm)")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def torch_installed() -> None:
    """For tests that need torch without naming it; they are skipped where it is not. A test that uses torch itself
    says `torch = pytest.importorskip("torch")`."""
    pytest.importorskip("torch", reason="torch is not installed (extra [torch])")


@pytest.fixture(scope="session")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A datasets folder with one small set, `blobs`: three classes of twelve 12x12 PNGs that a network learns fast."""
    import numpy as np

    from nnlab.data.images.vips import Vips

    folder, library, generator = tmp_path_factory.mktemp("datasets"), Vips(), np.random.default_rng(0)
    for index, name in enumerate(("blue", "green", "red")):
        (folder / "blobs" / name).mkdir(parents=True)
        for number in range(12):
            pixels = generator.integers(0, 90, (12, 12, 3), dtype=np.uint8)
            pixels[2:10, 2:10, 2 - index] = generator.integers(180, 256)
            library.write_png(library.image(pixels), folder / "blobs" / name / f"{name}-{number:02}.png")
    return folder
