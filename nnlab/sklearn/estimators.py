"""The estimators: scikit-learn's contract over nnlab's training."""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from nnlab.api.spoken import spoken
from nnlab.core.registry import advice
from nnlab.core.truths import Labels, Rows
from nnlab.core.types import Array
from nnlab.experiment.settings import canonical
from nnlab.sklearn.fitting import KEYS, experiment_of, fit, outputs

FLOATS = (np.float64, np.float32)


def _without_keywords(function: Callable[..., None]) -> Signature:
    """Its signature without `**name`."""
    whole = signature(function)
    kept = [each for each in whole.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
    return whole.replace(parameters=kept)


class NetworkEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What the two share. Subclasses say what a row's truth is, and what the network's outputs mean.

    Parameters are those below and every setting of nnlab.train that describes model, optimizer, schedule and loss, or
    how long and on what it trains: `layers=(32,)`, `learning_rate=0.01`, `weight_decay=1e-3`, `max_minibatch_size=64`,
    `early_stopping="stop"`, `backend="torch"`. A grid search may name any of them. Rows are taken as they are: put a
    scaler in front.

    Options:  random_state: an int is the seed of weights, dropout and shuffling; a generator, or None, draws one.
              validation_fraction: the share of the samples that chooses the best weights; 0: training chooses.
    """

    task = "Classification"

    def __init__(
        self,
        model: str = "NLayers",
        *,
        optimizer: str = "Adam",
        epochs: int = 50,
        random_state: Any = 0,
        validation_fraction: float = 0.0,
        **settings: Any,
    ):
        self.model, self.optimizer, self.epochs = model, optimizer, epochs
        self.random_state, self.validation_fraction = random_state, validation_fraction
        if settings:
            self._settings = settings

    # scikit-learn would take the name of **settings for a parameter's
    __init__.__signature__ = _without_keywords(__init__)  # type: ignore[attr-defined]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Every parameter that has a value: its own, and the settings that were said."""
        return {**super().get_params(deep), **vars(self).get("_settings", {})}

    def set_params(self, **params: Any) -> Self:
        """Sets parameters, also such as were not said before. Raises ValueError: for one that there is not."""
        own = super().get_params(deep=False)
        for name in params:
            if name not in own and canonical(name) not in KEYS:
                near = advice(name, sorted({*own, *KEYS}))
                raise ValueError(f"Invalid parameter {name!r} for estimator {type(self).__name__}; {near}")
        for name, value in params.items():
            if name in own:
                setattr(self, name, value)
            else:
                self._settings = {**vars(self).get("_settings", {}), name: value}
        return self

    def __getattr__(self, name: str) -> Any:
        if name in (found := vars(self).get("_settings", {})):
            return found[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    @spoken()
    def _learn(self, x: Array, truths: Labels | Rows, names: list[str], strata: Array | None) -> Self:
        """Trains, and keeps what was learnt.

        Shapes:  x: (samples, features), (samples, height, width) or (samples, height, width, channels)
        """
        said = self.get_params(deep=False)
        seed, fraction = said.pop("random_state"), said.pop("validation_fraction")
        if not isinstance(seed, (int, np.integer)):
            seed = check_random_state(seed).randint(2**31 - 1)
        experiment = experiment_of(self.task, {"model_seed": int(seed), "dataset_seed": int(seed), **said})
        every, dev = np.arange(len(x)), np.arange(0)
        if fraction:
            every, dev = train_test_split(every, test_size=fraction, random_state=int(seed), stratify=strata)
        learnt = fit(experiment, _images(x), truths, names, dev.tolist())
        self.network_ = learnt.network
        self.n_iter_ = learnt.result.epochs_run
        self.loss_curve_ = [record.training.loss for record in learnt.result.history]
        return self

    def _outputs(self, X: Any) -> Array:
        """What the network says of new rows."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=FLOATS, allow_nd=True, reset=False)
        return outputs(self.network_, _images(x))


class Classifier(ClassifierMixin, NetworkEstimator):  # type: ignore[misc]
    """A network that says which class a row, or a picture, is of.

        Classifier("NLayers", layers=(32,), epochs=30).fit(x, y).predict_proba(x)

    Attributes after `fit`:  classes_;  network_ (a Graph with the best weights);  n_iter_;  loss_curve_.
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Learns from rows (samples, features), or pictures (samples, height, width, channels), and their classes."""
        x, y = validate_data(self, X, y, dtype=FLOATS, allow_nd=True, ensure_min_samples=2)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has one class only ({self.classes_[0]}), and telling apart needs two classes")
        return self._learn(x, Labels(labels), [str(name) for name in self.classes_.tolist()], labels)

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class.  Shapes:  result: (samples, classes)"""
        return self._outputs(X)

    def predict(self, X: Any) -> Array:
        """The likeliest class.  Shapes:  result: (samples,)"""
        likeliest = self._outputs(X).argmax(axis=1)
        found: Array = self.classes_[likeliest]
        return found


class Regressor(RegressorMixin, NetworkEstimator):  # type: ignore[misc]
    """A network that says a number, or several, of a row or a picture.

    Attributes after `fit`:  network_ (a Graph with the best weights);  n_iter_;  loss_curve_.
    """

    task = "Regression"

    def fit(self, X: Any, y: Any) -> Self:
        """Learns from rows or pictures and their numbers, (samples,) or (samples, values)."""
        x, y = validate_data(
            self, X, y, dtype=FLOATS, allow_nd=True, ensure_min_samples=2, multi_output=True, y_numeric=True
        )
        y = column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y
        self._alone = y.ndim == 1
        numbers = np.asarray(y, np.float64).reshape(len(y), -1)
        return self._learn(x, Rows(numbers), [f"value_{place}" for place in range(numbers.shape[1])], None)

    def predict(self, X: Any) -> Array:
        """The numbers, in the shape that `y` had."""
        numbers = self._outputs(X).astype(np.float64)
        return numbers[:, 0] if self._alone else numbers

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _images(x: Array) -> Array:
    """Grey pictures have a channel."""
    return x[..., None] if x.ndim == 3 else x
