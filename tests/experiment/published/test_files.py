"""Files of weights that others wrote."""

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from nnlab.core.errors import DataError
from nnlab.experiment.published.files import is_published, read_published
from nnlab.experiment.published.pickled import NAMES
from nnlab.tracking.weights import write_weights

STATE = {
    "a.weight": torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 7,
    "a.bias": torch.tensor([1.5, -2.25], dtype=torch.float64),
    "turned": (torch.arange(6, dtype=torch.float32).reshape(2, 3) / 3).t(),
    "part": torch.arange(10, dtype=torch.float32)[3:9:2],
    "empty": torch.zeros(0, 3),
    "scalar": torch.tensor(2.5),
    "bn.num_batches_tracked": torch.tensor(7),
}


class Evil:
    """Runs what it is told to when it is unpickled."""

    def __init__(self, *call: Any):
        self.call = call

    def __reduce__(self) -> Any:
        return self.call[0], self.call[1:]


@pytest.mark.parametrize("zipped", [True, False])
def test_both_forms_of_torch_s_files_hold_what_was_saved(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "w.pth"
    torch.save(STATE, path, _use_new_zipfile_serialization=zipped)
    found = read_published(path)
    assert found.keys() == STATE.keys() - {"bn.num_batches_tracked"}
    for name, array in found.items():
        np.testing.assert_array_equal(array, STATE[name].numpy(), strict=True, err_msg=name)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_halves_are_widened(tmp_path: Path, kind: torch.dtype) -> None:
    halves = {"w": (torch.arange(-8, 8) / 3).to(kind)}
    torch.save(halves, tmp_path / "w.pth")
    safetensors.torch.save_file(halves, tmp_path / "w.safetensors")
    for file in ("w.pth", "w.safetensors"):
        found = read_published(tmp_path / file)["w"]
        np.testing.assert_array_equal(found, halves["w"].float().numpy(), strict=True)


def test_parameters_and_tables_of_training_programs_are_read(tmp_path: Path) -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    torch.save(
        {"epoch": 3, "best_acc1": torch.tensor(70.0), "state_dict": {"module.w": weight}, "optimizer": {"lr": 0.1}},
        tmp_path / "w.pt",
    )
    np.testing.assert_array_equal(read_published(tmp_path / "w.pt")["w"], np.ones(2))


@pytest.mark.parametrize("form", ["zip", "stream", "bare"])
def test_what_needs_code_is_refused_by_name_and_never_run(tmp_path: Path, form: str) -> None:
    path, trace = tmp_path / "w.pth", tmp_path / "trace"
    evil = {"w": Evil(Path.touch, trace), "v": Evil(eval, "1")}
    if form == "bare":
        path.write_bytes(pickle.dumps(evil))
    else:
        torch.save(evil, path, _use_new_zipfile_serialization=form == "zip")
    with pytest.raises(DataError, match=r"needs code to be read: it wants to run \w+") as refused:
        read_published(path)
    assert refused.value.exit_code == 5
    assert "\n" not in str(refused.value)
    assert not trace.exists()
    pickle.loads(pickle.dumps(evil))  # the trap is one
    assert trace.exists()


def test_parameters_of_before_torch_0_4_are_the_tensors_that_they_are_made_of(tmp_path: Path) -> None:
    class Old:
        def __init__(self, value: torch.Tensor):
            self.value = value

        def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
            return torch.nn.parameter.Parameter, (self.value, True), (True, {})  # BUILD follows

    torch.save({"w": Old(torch.arange(3.0))}, tmp_path / "w.pth")
    np.testing.assert_array_equal(read_published(tmp_path / "w.pth")["w"], [0, 1, 2])


@pytest.mark.parametrize("call", [
    b"ctorch\nSize\n}S'a'\nI1\nsb.",  # an attribute of what stands for torch.Size
    pickle.dumps({5: 1}) , pickle.dumps([[]]),
])  # fmt: skip
def test_what_is_no_table_of_tensors_is_said(tmp_path: Path, call: bytes) -> None:
    (tmp_path / "w.pth").write_bytes(call)
    with pytest.raises(DataError):
        read_published(tmp_path / "w.pth")
    assert not hasattr(NAMES["torch.Size"], "a")


@pytest.mark.parametrize("call", [
    b"cbuiltins\neval\n(S'1'\ntR.", b"cos\nsystem\n(S'true'\ntR.", b"ctorch._utils\n_rebuild_tensor_v2.__init__\n.",
    b"ctorch\nload\n.", b"ccollections\nOrderedDict.__init__\n.", b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
])  # fmt: skip
def test_no_other_name_is_looked_up(tmp_path: Path, call: bytes) -> None:
    (tmp_path / "w.pth").write_bytes(call)
    with pytest.raises(DataError, match="it wants to run"):
        read_published(tmp_path / "w.pth")


def test_damage_is_said(tmp_path: Path) -> None:
    path, other = tmp_path / "w.pth", tmp_path / "other.pth"
    for zipped in (True, False):
        torch.save(STATE, path, _use_new_zipfile_serialization=zipped)
        whole = path.read_bytes()
        for cut in (0, 1, 50, len(whole) // 3, len(whole) // 2, len(whole) - 30):
            other.write_bytes(whole[:cut])
            with pytest.raises(DataError):
                read_published(other)
    torch.save({}, path)
    with pytest.raises(DataError, match="no table of named tensors"):
        read_published(path)
    path.write_bytes(b"\x80\x02}.")
    with pytest.raises(DataError, match="not a whole file of torch's weights"):
        read_published(path)


def test_views_beyond_their_numbers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    torch.save({"w": torch.arange(4.0)}, path)
    with zipfile.ZipFile(path) as archive:
        held = {info.filename: archive.read(info) for info in archive.infolist()}
    name = next(name for name in held if name.endswith("data.pkl"))
    for count in (5, 255):
        changed = held | {name: held[name].replace(b"K\x04\x85", bytes([75, count, 0x85]))}
        assert changed[name] != held[name]
        with zipfile.ZipFile(path, "w") as archive:
            for inner, data in changed.items():
                archive.writestr(inner, data)
        with pytest.raises(DataError, match="beyond its numbers"):
            read_published(path)


def test_a_file_of_nnlab_s_is_none_of_others(tmp_path: Path) -> None:
    write_weights(tmp_path / "own.safetensors", {"w": np.ones(2, np.float32)})
    safetensors.torch.save_file({"w": torch.ones(2)}, tmp_path / "other.safetensors")
    assert not is_published(tmp_path / "own.safetensors")
    assert is_published(tmp_path / "other.safetensors")
    assert not is_published(tmp_path / "missing.safetensors")
