"""Names with a backend in them, for every component that is chosen by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nnlab.backends.base import BACKENDS
from nnlab.core.errors import NnlabError
from nnlab.core.truth import Label
from nnlab.experiment.backend_names import Named, split_backend
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.settings import CHOICES, NAMED
from nnlab.experiment.sources import from_environment, from_file, from_flags
from nnlab.losses.base import LOSSES
from nnlab.metrics.base import METRICS

KEYS = [key for key in NAMED if key != "backend"]
EVERY = [(key, name) for key in KEYS for name in NAMED[key].names()]
PLAIN = from_flags({"prepare": "none"})


def chosen(experiment: Experiment, key: str) -> str:
    return experiment.data.data_loader if key == "data_loader" else experiment.chosen[key]


def suited(key: str) -> list[str]:
    """The names that the task by default can have: not the metrics and losses of another task."""
    fits = {
        "accuracy": lambda name: METRICS.get(name).judges is Label,
        "loss": lambda name: {"logits", "probabilities"} & {*LOSSES.get(name).takes},
    }
    return [name for name in NAMED[key].names() if key not in fits or fits[key](name)]


def spellings(name: str, backend: str) -> Iterator[str]:
    title = backend.title()
    yield from (f"{name}{title}", f"{title}{name}", f"{name}-{backend}", f"{backend}_{name}".upper())


def test_the_kinds_of_the_contract_are_there() -> None:
    assert set(KEYS) >= {"model", "optimizer", "loss", "accuracy", "data_loader"}
    assert {"numpy", "torch"} <= set(BACKENDS.names())


@pytest.mark.parametrize(("key", "name"), EVERY)
def test_every_name_takes_every_backend_on_either_side(key: str, name: str) -> None:
    for backend in BACKENDS.names():
        for spelt in spellings(name, backend):
            assert split_backend(spelt, NAMED[key]) == Named(name, backend), spelt
    assert split_backend(name, NAMED[key]) == Named(name, None)


@pytest.mark.parametrize("key", KEYS)
def test_a_name_sets_the_backend_wherever_it_is_said(key: str, tmp_path: Path) -> None:
    name = suited(key)[-1]
    said = f"{name}Torch"
    config = tmp_path / "my.toml"
    section = f"[{key}]\nname" if key in CHOICES else f"[data]\n{key}"
    config.write_text(f'{section} = "{said}"\n')
    sources = (from_flags({key: said}), from_environment({f"NNLAB_{key.upper()}": said}), from_file(config))
    for source in sources:
        experiment = resolve(PLAIN, source)
        assert (chosen(experiment, key), experiment.run.backend) == (name, "torch"), source.kind
        assert resolve(PLAIN).run.backend == "numpy"


def refused(*sources: object) -> str:
    with pytest.raises(NnlabError) as caught:
        resolve(PLAIN, *sources)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_mixing_is_refused_with_everything_else_that_is_wrong() -> None:
    said = refused(from_flags({"model": "NLayersTorch", "optimizer": "AdamNumpy", "epochs": "x", "lossy": "1"}))
    assert "--model=NLayersTorch and --optimizer=AdamNumpy name different backends; give one backend" in said
    assert "--epochs: must be a whole number" in said and "--lossy: no such option" in said


@pytest.mark.parametrize(("key", "other"), [(a, b) for a in KEYS for b in KEYS if a < b])
def test_no_two_kinds_can_be_mixed(key: str, other: str) -> None:
    one, two = f"{NAMED[key].names()[0]}Torch", f"Numpy{NAMED[other].names()[0]}"
    assert "name different backends" in refused(from_flags({key: one, other: two}))


def test_components_are_not_mixed_whatever_says_them(tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text('[optimizer]\nname = "AdamNumpy"\n')
    said = refused(from_flags({"model": "NLayersTorch"}), from_file(config))
    assert "--model=NLayersTorch and " in said and "my.toml: optimizer=AdamNumpy name different" in said
    said = refused(
        from_environment({"NNLAB_LOSS": "CrossEntropyNumpy"}),
        from_file(config),
        from_flags({"accuracy": "ClassesTorch"}),
    )
    assert "NNLAB_LOSS=CrossEntropyNumpy" in said


def test_a_flag_backend_that_contradicts_a_flag_name_is_refused() -> None:
    said = refused(from_flags({"backend": "numpy", "data_loader": "TorchVips"}))
    assert "--data-loader=TorchVips and --backend=numpy name different backends" in said


def test_the_stronger_source_decides_between_a_backend_and_a_name(tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text('[run]\nbackend = "numpy"\n')
    assert resolve(PLAIN, from_flags({"model": "NLayersTorch"}), from_file(config)).run.backend == "torch"
    config.write_text('[model]\nname = "NLayersTorch"\n')
    assert resolve(PLAIN, from_flags({"backend": "numpy"}), from_file(config)).run.backend == "numpy"
    assert resolve(PLAIN, from_environment({"NNLAB_BACKEND": "numpy"}), from_file(config)).run.backend == "numpy"


def test_agreement_is_no_mixing() -> None:
    experiment = resolve(PLAIN, from_flags({"backend": "Torch", "model": "TorchNLayers", "loss": "CrossEntropy-torch"}))
    assert experiment.run.backend == "torch"
    assert experiment.sections["run"]["backend"] == "torch"


@pytest.mark.parametrize("name", ["NLayersJax", "TorchNLayer", "torch", "NLayersTorchTorch"])
def test_an_affix_does_not_hide_a_typo(name: str) -> None:
    assert "--model: unknown model" in refused(from_flags({"model": name}))


def test_a_backend_takes_no_affix() -> None:
    assert "--backend: unknown backend 'numpytorch'" in refused(from_flags({"backend": "numpytorch"}))


def test_what_is_saved_has_plain_names_and_resolves_to_itself(tmp_path: Path) -> None:
    first = resolve(PLAIN, from_flags({"model": "NLayersTorch", "data_loader": "TorchImageMagick"}))
    saved = tmp_path / "config.toml"
    saved.write_text(first.to_toml())
    assert 'name = "NLayers"' in first.to_toml() and 'data_loader = "ImageMagick"' in first.to_toml()
    assert resolve(from_file(saved)).to_toml() == first.to_toml()
