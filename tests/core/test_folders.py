"""The cache folder's rule and the way back to the checkout."""

import os
from pathlib import Path

import pytest

from nnlab.core import folders
from nnlab.core.errors import UsageError


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("NNLAB_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_default_is_under_home(tmp_path: Path) -> None:
    assert folders.cache_dir() == tmp_path / ".cache" / "nnlab"


def test_xdg_comes_before_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/somewhere")
    assert folders.cache_dir() == Path("/var/somewhere/nnlab")


def test_relative_xdg_does_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    assert folders.cache_dir() == tmp_path / ".cache" / "nnlab"


def test_own_variable_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/somewhere")
    monkeypatch.setenv("NNLAB_CACHE_DIR", "~/mine")
    assert folders.cache_dir() == tmp_path / "mine"


def test_own_variable_may_be_relative(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLAB_CACHE_DIR", "mine")
    assert folders.cache_dir() == tmp_path / "mine"


def test_asking_makes_nothing(tmp_path: Path) -> None:
    assert not folders.cache_dir().exists()


def test_repository_is_found_from_a_checkout(repository: Path) -> None:
    assert folders.repository() == repository
    assert folders.repository_datasets() == repository / "datasets"


def test_no_repository_around_a_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(folders, "__file__", str(tmp_path / "site-packages" / "nnlab" / "core" / "folders.py"))
    assert folders.repository() is None
    assert folders.repository_datasets() is None


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A user without a home, and where temporary folders are."""

    def no_home(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("pathlib.Path.expanduser", no_home)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folders._temporary.cache_clear()
    return tmp_path


def test_without_a_home_it_is_a_temporary_folder_of_one_s_own(homeless: Path) -> None:
    folder = folders.cache_dir()
    assert folder == homeless / f"nnlab-{os.getuid()}"
    assert folder.stat().st_mode & 0o077 == 0
    folders._temporary.cache_clear()
    assert folders.cache_dir() == folder


def test_a_temporary_folder_that_others_can_write_to_or_lead_elsewhere_is_not_taken(homeless: Path) -> None:
    taken = homeless / f"nnlab-{os.getuid()}"
    taken.symlink_to(homeless)
    assert folders.cache_dir().name not in {taken.name, homeless.name}
    taken.unlink()
    taken.mkdir()
    taken.chmod(0o777)
    folders._temporary.cache_clear()
    own = folders.cache_dir()
    assert own != taken and own == folders.cache_dir()


def test_a_tilde_is_the_home_folder_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert folders.at_home("~/x") == f"{tmp_path}/x"
    assert folders.at_home("~") == str(tmp_path)
    for text in ("x/~", "a~", "./~/x", "~nobody-of-this-name/x", ""):
        assert folders.at_home(text) == text


def test_without_a_home_a_tilde_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda text: text)  # as it is for a user without home and entry
    with pytest.raises(UsageError, match="no home folder is known here"):
        folders.at_home("~/x")
