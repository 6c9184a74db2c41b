"""Networks as scikit-learn's estimators, for its pipelines, searches and cross-validation.

    from nnlab.sklearn import Classifier

    cross_val_score(make_pipeline(StandardScaler(), Classifier(layers=(32,))), x, y)

scikit-learn is an extra: `pip install 'nnlab[sklearn]'`.
"""

import importlib.util

from nnlab.core.errors import MissingError
from nnlab.core.install import install_line

if importlib.util.find_spec("sklearn") is None:
    raise MissingError("scikit-learn is not installed", where="nnlab.sklearn", hint=install_line("sklearn"))

from nnlab.sklearn.estimators import Classifier, Regressor

__all__ = ["Classifier", "Regressor"]
