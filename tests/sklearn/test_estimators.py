"""scikit-learn's own checks of an estimator, and what is ours."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra [sklearn])")

from sklearn.base import clone
from sklearn.datasets import load_iris, make_blobs
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from nnlab.core.errors import NnlabError
from nnlab.sklearn import Classifier, Regressor

TINY: dict[str, Any] = {"layers": (8,), "epochs": 8, "learning_rate": 0.2, "max_minibatch_size": 500, "threads": 1}


@parametrize_with_checks([Classifier(**TINY), Regressor(**TINY)])
def test_scikit_learn_s_own_checks(estimator: Any, check: Any) -> None:
    check(estimator)


def test_it_learns_the_same_again_and_takes_any_labels() -> None:
    longer = {**TINY, "epochs": 30}
    x, y = make_blobs(60, centers=3, random_state=0)
    names = np.array(["b", "a", "c"], object)[y]
    network = Classifier(**longer).fit(x, names)
    assert network.classes_.tolist() == ["a", "b", "c"] and network.score(x, names) > 0.8
    assert np.array_equal(network.predict_proba(x), Classifier(**longer).fit(x, names).predict_proba(x))
    assert not np.array_equal(
        network.predict_proba(x), clone(network).set_params(random_state=1).fit(x, y).predict_proba(x)
    )
    assert len(network.loss_curve_) == network.n_iter_ == 30 and network.loss_curve_[-1] < network.loss_curve_[0]
    assert network.network_.in_shape == (2,)
    again = pickle.loads(pickle.dumps(network))
    assert np.array_equal(again.predict_proba(x), network.predict_proba(x))


def test_pipelines_cross_validation_and_searches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    x, y = load_iris(return_X_y=True)
    line = make_pipeline(StandardScaler(), Classifier(layers=(8,), epochs=10, learning_rate=0.05))
    assert cross_val_score(line, x, y, cv=3).mean() > 0.8
    search = GridSearchCV(line, {"classifier__weight_decay": [0.0, 1.0], "classifier__optimizer": ["Adam"]}, cv=2)
    assert search.fit(x, y).best_params_["classifier__weight_decay"] == 0.0
    assert not list(tmp_path.iterdir())  # no run folder


def test_settings_are_parameters() -> None:
    network = Classifier(weight_decay=0.1)
    assert network.get_params()["weight_decay"] == 0.1 == network.weight_decay
    assert "weight_decay=0.1" in repr(network)
    assert clone(network).set_params(layers=(3,)).get_params()["layers"] == (3,)
    assert "layers" not in network.get_params()
    with pytest.raises(ValueError, match="Invalid parameter 'weihgt_decay' for estimator Classifier; did you mean"):
        network.set_params(weihgt_decay=1)
    with pytest.raises(AttributeError, match="no attribute 'layers'"):
        network.layers  # noqa: B018


def test_all_mistakes_come_at_once_and_say_what_to_pass() -> None:
    with pytest.raises(NnlabError) as found:
        Classifier("NLayer", epochs=0, lr=3, resize=32).fit(np.eye(4), [0, 1, 0, 1])
    said = str(found.value).splitlines()
    assert len(said) == 4
    assert any(line.startswith("resize: has no part in an estimator") for line in said)
    assert any(line == "lr: no such option; did you mean learning_rate=?" for line in said)
    assert any(line.startswith("model: unknown model 'NLayer'; did you mean NLayers") for line in said)
    assert any(line.startswith("epochs: must be at least 1") for line in said)
    with pytest.raises(NnlabError, match="the loss is no finite number any more; pass a smaller learning_rate"):
        Regressor("OneLayer", learning_rate=1e30, optimizer="Constant").fit(np.eye(4) * 1e6, np.arange(4.0))


def test_pictures_and_what_chooses_the_best_weights() -> None:
    generator = np.random.default_rng(0)
    y = np.arange(24) % 2
    x = generator.random((24, 8, 8))
    x[y == 1, 2:6, 2:6] += 1
    network = Classifier("SmallCnn", epochs=6, max_minibatch_size=5, validation_fraction=0.25, learning_rate=0.01).fit(
        x, y
    )
    assert network.network_.in_shape == (8, 8, 1) and network.score(x, y) > 0.9
    assert Classifier("SmallCnn", epochs=1).fit(np.stack([x] * 3, axis=-1), y).predict(
        np.zeros((2, 8, 8, 3))
    ).shape == (2,)


def test_a_regressor_gives_numbers_in_the_shape_that_it_learnt() -> None:
    x = np.linspace(-1, 1, 40)[:, None]
    alone = Regressor(layers=(16,), epochs=60, learning_rate=0.02).fit(x, 100 + 3 * x[:, 0])
    assert alone.predict(x).shape == (40,) and alone.score(x, 100 + 3 * x[:, 0]) > 0.9
    assert Regressor(epochs=1).fit(x, np.hstack([x, x])).predict(x[:5]).shape == (5, 2)
