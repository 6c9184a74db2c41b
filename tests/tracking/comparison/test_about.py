"""What was compared, in a few words."""

from nnlab.tracking.comparison.about import About


def test_it_reads_the_configuration(about: About) -> None:
    assert about.model == "NLayers(16,8)"
    assert about.optimizer == "Adam, learning rate 0.001"
    assert about.dataset == "blobs, minibatches of at most 5000"


def test_a_model_without_layers_has_only_its_name() -> None:
    assert About("main", '[model]\nname = "OneLayer"\n', "", 1e-6).model == "OneLayer"
