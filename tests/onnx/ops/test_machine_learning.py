"""The operators of ai.onnx.ml that pipelines for images end in, against onnxruntime."""

from typing import Any

import numpy as np
import pytest
from onnx import ValueInfoProto, helper

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.backends.engines import load
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.post_transform import transformed

CLOSE = {"rtol": 1e-5, "atol": 1e-6}
"""float32: sums of a few dozen terms in another order, exp of another library."""

TRANSFORMS = ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO")
RNG = np.random.default_rng(2)
X = RNG.standard_normal((12, 4)).astype(np.float32)


def numbers(*shape: int) -> list[float]:
    """Random ones, as an attribute."""
    return [float(x) for x in RNG.standard_normal(shape).reshape(-1).astype(np.float32)]


def forest(trees: int, *, depth: int = 3, mode: str = "BRANCH_LEQ") -> dict[str, Any]:
    """Full trees of random tests; leaves are the last numbers of each."""
    inner, every = 2**depth - 1, 2 ** (depth + 1) - 1
    ids = list(range(every))
    return {
        "nodes_treeids": [tree for tree in range(trees) for _ in ids],
        "nodes_nodeids": ids * trees,
        "nodes_modes": ([mode] * inner + ["LEAF"] * (every - inner)) * trees,
        "nodes_featureids": [int(f) for f in RNG.integers(0, 4, every * trees)],
        "nodes_values": numbers(every * trees),
        "nodes_truenodeids": [2 * n + 1 if n < inner else 0 for n in ids] * trees,
        "nodes_falsenodeids": [2 * n + 2 if n < inner else 0 for n in ids] * trees,
    }


def leaves(of: str, trees: int, targets: list[int], *, depth: int = 3, positive: bool = False) -> dict[str, Any]:
    """A weight for each target in every leaf."""
    every = [
        (tree, node, t) for tree in range(trees) for node in range(2**depth - 1, 2 ** (depth + 1) - 1) for t in targets
    ]
    weights = numbers(len(every))
    return {
        f"{of}_treeids": [tree for tree, _, _ in every],
        f"{of}_nodeids": [node for _, node, _ in every],
        f"{of}_ids": [target for _, _, target in every],
        f"{of}_weights": [abs(w) / 3 for w in weights] if positive else weights,
    }


def machine(vectors: list[int], kernel: str, *, chances: bool = False) -> dict[str, Any]:
    """A support vector machine of so many vectors for each class."""
    count, classes = sum(vectors), len(vectors)
    pairs = classes * (classes - 1) // 2
    more = {"prob_a": [-abs(a) for a in numbers(pairs)], "prob_b": numbers(pairs)} if chances else {}
    return {
        "vectors_per_class": vectors,
        "support_vectors": numbers(count, 4),
        "coefficients": numbers(classes - 1, count),
        "rho": numbers(pairs),
        "kernel_type": kernel,
        "kernel_params": [0.3, 0.2, 2.0],
        **more,
    }


THREE, TWO = {"classlabels_ints": [7, 5, 9]}, {"classlabels_ints": [7, 5]}
TEXTS = {"classlabels_strings": ["a", "ö", "c"]}
BASE = [0.1, 0.2, 0.3]
VECTORS = {"coefficients": numbers(5), "support_vectors": numbers(5, 4), "n_supports": 5, "rho": [0.2]}
RBF = {"kernel_type": "RBF", "kernel_params": [0.3, 0.0, 3.0]}
LINEAR = {"kernel_type": "LINEAR", "kernel_params": [0.0, 0.0, 0.0], "rho": [0.2]}
CASES: list[tuple[str, Any, dict[str, Any], int]] = [
    ("Scaler", X, {"offset": [0.1, 0.2, 0.3, 0.4], "scale": [2.0, 1.0, 3.0, 0.5]}, 1),
    ("Scaler", X.astype(np.int64), {"offset": [0.5], "scale": [2.0]}, 1),
    *(("Normalizer", X, {"norm": norm}, 1) for norm in ("MAX", "L1", "L2")),
    ("Normalizer", np.zeros((2, 3), np.float32), {"norm": "L2"}, 1),
    ("Imputer", np.array([[1, np.nan], [np.nan, 2]], np.float32),
     {"imputed_value_floats": [5.0, 6.0], "replaced_value_float": float("nan")}, 1),
    ("Imputer", np.array([[1, -1], [-1, 2]]), {"imputed_value_int64s": [5], "replaced_value_int64": -1}, 1),
    ("FeatureVectorizer", [X, X[:, :2].copy()], {"inputdimensions": [3, 2]}, 1),
    *(
        ("LinearClassifier", X, {"coefficients": numbers(3, 4), "intercepts": BASE, "post_transform": t, **labels}, 2)
        for t in TRANSFORMS for labels in (THREE, TEXTS)
    ),
    *(
        ("LinearClassifier", X, {"coefficients": numbers(1, 4), "intercepts": [0.1], "post_transform": t, **TWO}, 2)
        for t in TRANSFORMS
    ),
    ("LinearClassifier", X, {"coefficients": numbers(2, 4), "intercepts": [0.1, 0.2], **TWO}, 2),
    ("LinearRegressor", X, {"coefficients": numbers(2, 4), "intercepts": [0.1, 0.2], "targets": 2}, 1),
    *(
        ("TreeEnsembleClassifier", X, forest(3, mode=mode) | leaves("class", 3, [0, 1, 2])
         | {"classlabels_int64s": [7, 5, 9], "post_transform": t, "base_values": BASE}, 2)
        for t, mode in zip(TRANSFORMS, ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"), strict=True)
    ),
    *(
        ("TreeEnsembleClassifier", X, forest(2) | leaves("class", 2, [one], positive=positive)
         | {"classlabels_strings": ["no", "yes"], "post_transform": t}, 2)
        for t in ("NONE", "LOGISTIC") for one in (0, 1) for positive in (True, False)
    ),
    *(
        ("TreeEnsembleRegressor", X, forest(3) | leaves("target", 3, [0, 1])
         | {"n_targets": 2, "aggregate_function": how, "base_values": [0.5, -0.5]}, 1)
        for how in ("SUM", "AVERAGE", "MIN", "MAX")
    ),
    *(("SVMClassifier", X, machine([3, 2, 4], kernel) | THREE, 2) for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID")),
    ("SVMClassifier", X, machine([3, 2, 4], "RBF", chances=True) | TEXTS, 2),
    ("SVMClassifier", X, machine([3, 2], "RBF", chances=True) | TWO, 2),
    ("SVMClassifier", X, {"coefficients": numbers(3, 4), **LINEAR, **THREE}, 2),
    *(("SVMRegressor", X, VECTORS | RBF | {"one_class": one}, 1) for one in (0, 1)),
    ("SVMRegressor", X, {"coefficients": numbers(4), **LINEAR}, 1),
    ("ZipMap", np.abs(X[:, :3]), {"classlabels_int64s": [7, 5, 9]}, 1),
    ("ZipMap", np.abs(X[:, :3]), TEXTS, 1),
]  # fmt: skip


def view_of(name: str, given: Any, attributes: dict[str, Any], outputs: int = 1) -> tuple[ModelView, dict[str, Array]]:
    """A model of one node, and its inputs by name."""
    xs = {f"x{n}": x for n, x in enumerate(given if isinstance(given, list) else [given])}
    names = [f"y{n}" for n in range(outputs)]
    graph = helper.make_graph(
        [helper.make_node(name, list(xs), names, domain="ai.onnx.ml", **attributes)],
        "one",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in xs.items()],
        [ValueInfoProto(name=n) for n in names],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return checked(helper.make_model(graph, opset_imports=opsets, ir_version=8)), xs


def expected(view: ModelView, xs: dict[str, Array]) -> list[Any]:
    """What onnxruntime gives, in this process: a process of its own for each model takes seconds."""
    library = pytest.importorskip("onnxruntime")
    options = library.SessionOptions()
    options.log_severity_level = 4
    session = library.InferenceSession(view.proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return list(session.run(None, xs))


def name_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize(("name", "given", "attributes", "outputs"), CASES, ids=name_of)
def test_as_onnxruntime(name: str, given: Any, attributes: dict[str, Any], outputs: int, engine: str) -> None:
    pytest.importorskip(engine)
    view, xs = view_of(name, given, attributes, outputs)
    for y, other in zip(load(view, engine).run(xs), expected(view, xs), strict=True):
        if isinstance(other, list):
            assert [row.keys() for row in y] == [row.keys() for row in other]
            for row, right in zip(y, other, strict=True):
                np.testing.assert_allclose([row[key] for key in right], list(right.values()), **CLOSE)
        elif other.dtype.kind in "OU":
            assert y.tolist() == other.tolist()
        else:
            assert (y.shape, y.dtype) == (other.shape, other.dtype)
            np.testing.assert_allclose(y, other, **CLOSE)


def test_the_largest_of_two_classes_wins() -> None:
    trees = forest(1, depth=1) | {"nodes_values": [0.0] * 3, "nodes_featureids": [0] * 3}
    weights = leaves("class", 1, [0, 1], depth=1) | {"class_weights": [0.8, 0.2, 0.3, 0.7]}
    view, xs = view_of("TreeEnsembleClassifier", np.array([[-1], [1]], np.float32), trees | weights
                       | {"classlabels_int64s": [10, 20]}, 2)  # fmt: skip
    labels, scores = load(view).run(xs)
    assert labels.tolist() == [10, 20]
    np.testing.assert_array_equal(scores, np.array([[0.8, 0.2], [0.3, 0.7]], np.float32))


def test_nan_goes_the_way_that_the_node_says() -> None:
    trees = forest(1, depth=1) | {"nodes_values": [0.0] * 3, "nodes_featureids": [0] * 3}
    weights = leaves("target", 1, [0], depth=1) | {"target_weights": [1.0, 2.0]}
    for tracks, y in ((1, 1.0), (0, 2.0)):
        attributes = trees | weights | {"nodes_missing_value_tracks_true": [tracks, 0, 0]}
        view, xs = view_of("TreeEnsembleRegressor", np.array([[np.nan]], np.float32), attributes)
        assert load(view).run(xs)[0].tolist() == [[y]]


def test_the_inverse_of_the_normal_distribution() -> None:
    y = transformed(np.array([0.5, 0.8413447, 0.0227501]), "PROBIT")
    np.testing.assert_allclose(y, [0, 1, -2], atol=0.01)  # the formula's own error


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"nodes_truenodeids": [9, 0, 0]}, "leads to one that is not there"),
        ({"nodes_truenodeids": [0, 0, 0], "nodes_falsenodeids": [0, 0, 0]}, "round in a circle"),
        ({"nodes_featureids": [7, 0, 0]}, "looks at feature 7 of 4"),
        ({"nodes_nodeids": [0, 1, 1]}, "two nodes of one number"),
        ({"nodes_modes": ["BRANCH_UP", "LEAF", "LEAF"]}, "has nodes of mode BRANCH_UP"),
        ({"post_transform": "SOFT"}, "post_transform 'SOFT' is none of"),
    ],
)
def test_trees_that_are_none(changed: dict[str, Any], said: str) -> None:
    attributes = forest(1, depth=1) | leaves("target", 1, [0], depth=1) | changed
    view, xs = view_of("TreeEnsembleRegressor", X, attributes)
    with pytest.raises(DataError, match=said):
        load(view).run(xs)
