"""Settings become an experiment."""

import tomllib
from pathlib import Path

import pytest

from nnlab.core.errors import DataError, Mistakes, NnlabError, UsageError
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import from_environment, from_file, from_flags, from_run


def flags(**values: object) -> Experiment:
    return resolve(from_flags({"prepare": "none", **values}))


def mistakes(**values: object) -> list[str]:
    with pytest.raises(NnlabError) as caught:
        flags(**values)
    return str(caught.value).splitlines()


def test_the_defaults_are_those_of_the_contract() -> None:
    experiment = flags()
    assert dict(experiment.chosen) == {
        "task": "Classification",
        "model": "OneLayer",
        "optimizer": "Adam",
        "schedule": "Constant",
        "loss": "CrossEntropy",
        "sampler": "Shuffled",
        "accuracy": "Classes",
    }
    assert experiment.run.epochs == 100
    assert experiment.optimizer.learning_rate == 0.001
    assert experiment.data.resize == (110, 110)
    assert experiment.data.max_minibatch_size == 5000


def test_names_and_keys_may_be_spelt_any_way() -> None:
    experiment = flags(**{"MODEL": "n-layers", "Layers": "16,8", "nbr-epochs": "7", "dropout": "0.5"})
    assert experiment.chosen["model"] == "NLayers"
    assert experiment.model.options()["layers"] == (16, 8)
    assert experiment.run.epochs == 7
    assert experiment.model.options()["dropout_rate"] == 0.5


def test_seed_stands_for_both_seeds_but_not_over_one_that_is_given() -> None:
    experiment = flags(seed="5", model_seed="2")
    assert (experiment.run.model_seed, experiment.data.dataset_seed) == (2, 5)


def test_all_mistakes_are_told_at_once_with_near_names() -> None:
    told = mistakes(lerning_rate="1", epochs="1.5", model="NLayer", optimizer="Adm", dropout_rate="2")
    text = "\n".join(told)
    assert len(told) >= 4
    assert "--lerning-rate: no such option; did you mean --learning-rate" in text
    assert "--epochs: must be a whole number, got '1.5'" in text
    assert "--model: unknown model 'NLayer'; did you mean NLayers" in text
    assert "--optimizer: unknown optimizer 'Adm'; did you mean Adam" in text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"learning_rate": "nan"}, "--learning-rate: must be a finite number"),
        ({"model": "NLayers", "layers": "16,0"}, "--layers: must be at least 1, got 0"),
        ({"epochs": "0"}, "--epochs: must be at least 1"),
        ({"dtype": "float16"}, "--dtype: 'float16' is not one of its values; did you mean float"),
        ({"partitions": '{"training": 0.7, "dev": 0.15, "test": 0.1}'}, "partitions"),
        ({"partitions": '{"training": 0.7, "deva": 0.3}'}, "partitions"),
        ({"rot_angle": "inf"}, "--rot-angle: must be a finite number"),
        ({"noise_intensity": "2"}, "--noise-intensity"),
        ({"augmentation_strength": "1.5"}, "--augmentation-strength: must be at most 1, got 1.5"),
        (
            {"augment": "Blur:sigma=2,1"},
            "--augment=Blur:sigma=2,1: sigma must be LOW,HIGH, the lower first, got 2.0,1.0",
        ),
        ({"augment": "Jpeg:quality=0"}, "--augment=Jpeg:quality=0: quality must be at least 1, got 0"),
        ({"augment": "Hue:probability=2"}, "--augment=Hue:probability=2: probability must be at most 1, got 2.0"),
        (
            {"augment": "Hue:degrees=2"},
            "--augment=Hue:degrees=2: degrees: Hue has no such option; did you mean max_degrees",
        ),
        ({"mixup": "-1"}, "--mixup: must be at least 0, got -1.0"),
        ({"cutmix": "x"}, "--cutmix: must be a number, got 'x'"),
        ({"task": "Regression", "cutmix": "1"}, "--cutmix: mixes classes, which Regression has none of; leave it out"),
        ({"backend": "numpi"}, "--backend: unknown backend 'numpi'; did you mean numpy"),
    ],
)
def test_a_value_that_cannot_be_right_is_named(values: dict[str, str], words: str) -> None:
    assert words in "\n".join(mistakes(**values))


def test_mixing_says_that_trainings_accuracy_is_not_what_it_looks_like() -> None:
    assert any("go by dev" in note for note in resolve(from_flags({"mixup": "0.2"})).notes)
    off = {"mixup": "0.2", "augmentation_strength": "0"}
    assert not any("go by dev" in note for note in resolve(from_flags(off)).notes)


def test_an_option_that_the_component_lacks_says_who_has_it() -> None:
    (told,) = mistakes(model="OneLayer", layers="16")
    assert told == "--layers: OneLayer has no option layers; NLayers has it"
    (told,) = mistakes(optimizer="Adam", momentum="0.9")
    assert "--momentum" in told


def test_flags_beat_environment_beats_file_beats_recommendation(tmp_path: Path) -> None:
    folder = tmp_path / "shapes"
    folder.mkdir()
    (folder / "dataset.toml").write_text(
        'title = "Shapes"\n[recommended]\ngrayscale = true\ntrim = true\nresize = [8, 8]\nadaptive_invert = true\n'
    )
    config = tmp_path / "my.toml"
    config.write_text("[data]\nresize = [16, 16]\ntrim = false\n[run]\nepochs = 3\n[optimizer]\nname = 'Momentum'\n")
    experiment = resolve(
        from_flags({"datasets_path": str(tmp_path), "dataset": "shapes", "epochs": "5"}),
        from_environment({"NNLAB_RESIZE": "24,24", "NNLAB_EPOCHS": "4", "HOME": "/"}),
        from_file(config),
    )
    data = experiment.data
    assert experiment.run.epochs == 5
    assert data.resize == (24, 24)
    assert (data.trim, data.grayscale, data.adaptive_invert) == (False, True, True)
    assert experiment.chosen["optimizer"] == "Momentum"
    assert "prepared as its makers recommend" in experiment.notes[0]


def test_prepare_none_leaves_the_recommendation_out(tmp_path: Path) -> None:
    folder = tmp_path / "shapes"
    folder.mkdir()
    (folder / "dataset.toml").write_text("[recommended]\ngrayscale = true\n")
    experiment = resolve(from_flags({"datasets_path": str(tmp_path), "dataset": "shapes", "prepare": "none"}))
    assert experiment.data.grayscale is False
    assert experiment.notes == ()


def test_an_option_of_a_component_that_a_stronger_source_replaced_is_let_go(tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text("[model]\nname = 'NLayers'\nlayers = [16]\n")
    experiment = resolve(from_flags({"model": "OneLayer", "prepare": "none"}), from_file(config))
    assert experiment.chosen["model"] == "OneLayer"


def test_the_saved_configuration_resolves_to_itself(tmp_path: Path) -> None:
    first = flags(
        model="NLayers", layers="", optimizer="AdamW", weight_decay="0.01", schedule="Cosine", exp_id='quoted "x" \\ é',
        early_stopping="stop", resize="8,8", grayscale="true", threads="1",
    )  # fmt: skip
    saved = tmp_path / "config.toml"
    saved.write_text(first.to_toml())
    second = resolve(from_file(saved))
    assert second.to_toml() == first.to_toml()
    assert second.model.options()["layers"] == ()
    assert second.notes == ()


def test_the_saved_configuration_is_toml_with_every_option() -> None:
    tables = tomllib.loads(flags(model="NLayers").to_toml())
    assert tables["model"]["name"] == "NLayers"
    assert tables["optimizer"]["beta1"] == 0.9
    assert tables["data"]["partitions"] == {"training": 0.7, "dev": 0.15, "test": 0.15}
    assert tables["run"]["threads"] >= 1, "0 (all cores) is resolved to a number, or another machine would differ"


def test_a_backend_in_a_name_sets_the_backend() -> None:
    experiment = flags(model="NLayersNumpy", optimizer="AdamNumpy", data_loader="NumpyVips", loss="CrossEntropyNumpy")
    assert experiment.run.backend == "numpy"
    assert experiment.chosen["model"] == "NLayers"
    assert experiment.data.data_loader == "Vips"


def test_a_rule_that_brings_its_schedule_keeps_it() -> None:
    experiment = flags(optimizer="ExponentialDecay", decay="0.5")
    assert experiment.chosen["schedule"] == "ExponentialDecay"
    assert experiment.optimizer.schedule.factor(2, 10) == pytest.approx(0.25)


def test_options_of_a_model_whose_name_is_wrong_are_not_held_to_the_default_one() -> None:
    told = mistakes(model="NLayres", layers="3,3", dropout_rate="0.3", decay="0.5")
    assert len(told) == 2
    assert "NLayres" in told[0]
    assert "--decay: Adam has no option decay" in told[1]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("[run\n", UsageError, "is not a TOML file"),
        ("[modle]\nname = 'NLayers'\n", NnlabError, "modle"),
        ("[model]\nlayer = [1]\n", NnlabError, "layer"),
        ("epoch = 3\n", NnlabError, "epochs"),
    ],
)
def test_a_file_that_is_wrong_is_named(tmp_path: Path, text: str, kind: type[Exception], words: str) -> None:
    config = tmp_path / "my.toml"
    config.write_text(text)
    with pytest.raises(kind, match=words) as caught:
        resolve(from_file(config), from_flags({"prepare": "none"}))
    assert "my.toml" in str(caught.value)


def test_a_damaged_file_of_a_run_is_a_data_problem_for_nobody_typed_it(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[run\n")
    with pytest.raises(DataError, match=r"config\.toml: is not a TOML file .*bring the file back"):
        from_run(tmp_path)


def test_a_file_that_is_not_there_is_a_data_problem(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        from_file(tmp_path / "none.toml")


def test_a_variable_for_a_component_that_is_not_chosen_is_for_other_commands() -> None:
    variables = from_environment({"NNLAB_MODELS_PATH": "models", "NNLAB_BETA1": "0.8"})
    experiment = resolve(from_flags({"prepare": "none", "optimizer": "Constant"}), variables)
    assert experiment.chosen["model"] == "OneLayer"
    with pytest.raises(UsageError, match="--models-path: OneLayer has no option models_path; Onnx has it"):
        resolve(from_flags({"prepare": "none", "models_path": "models"}))


def test_a_typo_in_the_environment_is_a_mistake_too() -> None:
    with pytest.raises(NnlabError, match="NNLAB_EPOCH: no such option; did you mean NNLAB_EPOCHS"):
        resolve(from_flags({"prepare": "none"}), from_environment({"NNLAB_EPOCH": "3"}))


def test_an_experiment_has_a_name() -> None:
    assert mistakes(exp_id=" ") == ["--exp-id: must not be empty; such as --exp-id=main"]


def test_a_section_that_is_not_there_is_what_is_wrong() -> None:
    with pytest.raises(NnlabError, match=r"--set optimzer.beta1: no such section; did you mean optimizer\?$"):
        flags(**{"optimzer.beta1": "0.5"})


def test_what_is_near_is_named_without_the_file_again(tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text("[run]\nepocs = 3\n")
    with pytest.raises(NnlabError, match=r"my.toml: run.epocs: no such option; did you mean epochs( or \w+)*\?$"):
        resolve(from_file(config), from_flags({"prepare": "none"}))


def test_mistakes_from_several_parts_keep_their_class() -> None:
    with pytest.raises(Mistakes):
        flags(epochs="x", layers="y", model="NLayers")


def test_a_named_range_over_a_saved_one_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[data]\ninput_scaling = "-1..1"\ninput_range = [-1.0, 1.0]\n')
    saved = from_file(path)
    assert resolve(saved).data.input_range == (-1, 1)
    for name, ends in (("0..1", (0, 1)), ("mean-std", (0, 1))):
        data = resolve(from_flags({"input_scaling": name}), saved).data
        assert (data.input_scaling, tuple(data.input_range)) == (name, ends)
