"""Faults planted in a sound dataset: each is found by the check that is to find it, no sound picture is named."""

from pathlib import Path

from nnlab.data.checks.base import DATA_CHECKS, DataCheck
from nnlab.data.checks.verdict import verdicts
from nnlab.data.inspection.inspect import inspect
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.options import DataOptions
from tests.data.checks.planted import FEW, KINDS, clean, planted_faults


def looked_at(folder: Path) -> Inspected:
    return inspect(DataOptions(dataset=folder.name, datasets_path=str(folder.parent)))


def named(data: Inspected) -> dict[str, set[str]]:
    """By check, the samples, or the files, that it names; but for the two that speak of the set alone."""
    checks: list[DataCheck] = [cls() for cls in DATA_CHECKS]
    found: dict[str, set[str]] = {}
    for one in verdicts(data, checks):
        for finding in one.findings:
            own = [data.source_of(place) for place in finding.places] or [finding.what.partition(" is no picture")[0]]
            found.setdefault(one.name, set()).update(own)
    return found


def test_a_sound_set_has_too_few_pictures_and_nothing_else(tmp_path: Path) -> None:
    assert set(named(looked_at(clean(tmp_path / "set", 5, FEW).folder))) == {"FewSamples"}


def test_forty_faults_of_twenty_kinds_among_400_files_are_found_and_nothing_else_is_named(tmp_path: Path) -> None:
    planted = planted_faults(tmp_path / "set", 0)
    assert len(planted.faults) == 40
    found = named(looked_at(planted.folder))
    missed = {source: check for source, check in planted.faults.items() if source not in found.get(check, set())}
    assert missed == {}
    sound = {source for check, sources in found.items() if check != "FewSamples" for source in sources}
    sound = {source for source in sound if source.rpartition("/")[2].startswith("sound-")}
    assert sound <= planted.partners


def test_every_fault_of_every_kind_is_found(tmp_path: Path) -> None:
    planted = planted_faults(tmp_path / "set", 7, kinds=len(KINDS), each=1, sizes=FEW)
    found = named(looked_at(planted.folder))
    assert {source: check for source, check in planted.faults.items() if source not in found.get(check, set())} == {}
