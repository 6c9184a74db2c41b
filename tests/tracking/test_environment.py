import getpass
import json
import os
import platform
import subprocess

import numpy as np

from nnlab.tracking.environment import commit, environment, processor
from nnlab.tracking.files import to_json


def test_it_tells_versions_threads_and_what_is_added():
    found = environment(image_library="Vips 8.17")
    assert found["python"].endswith(platform.python_version())
    assert found["packages"]["numpy"] == np.__version__
    assert found["image_library"] == "Vips 8.17"
    assert any(pool["internal_api"] in {"openblas", "mkl", "blis"} for pool in found["thread_pools"]) or (
        platform.system() == "Darwin"  # Accelerate is no pool that threadpoolctl knows
    )
    assert found["cores"]["usable"] <= found["cores"]["logical"]
    json.loads(to_json(found))


def test_it_tells_nothing_of_who_ran_it(monkeypatch):
    monkeypatch.setenv("NNLAB_SECRET", "hunter2-hunter2")
    text = to_json(environment())
    assert "hunter2" not in text
    assert platform.node() not in text.replace(platform.platform(), "").replace(processor(), "")
    if len(getpass.getuser()) > 4:  # a short name ("root", "ann") may be a part of a word
        assert getpass.getuser() not in text


def git(folder, *words):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, env=clean, capture_output=True)


def test_a_checkout_tells_its_commit_and_whether_it_was_changed(tmp_path):
    git(tmp_path, "init")
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-m", "a")
    clean = commit(tmp_path)
    assert len(clean["commit"]) == 40
    assert clean["changed"] is False
    (tmp_path / "a").write_text("2")
    assert commit(tmp_path) == clean | {"changed": True}


def test_an_installed_package_has_no_commit(tmp_path):
    assert commit(tmp_path) == {}
