"""Every product that BLAS or LAPACK computes goes through one place, which holds them to one thread."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

NAMES = {"np.matmul", "np.dot", "np.vdot", "np.inner", "np.tensordot"}
"""NumPy's functions that are such products, beside those of np.linalg and an array's own dot."""

ELSEWHERE = {
    "kernels/product.py": "the place itself",
    "kernels/convolution.py": "in pieces of work that `in_threads` does on one BLAS thread each",
    "kernels/meetings.py": "likewise",
    "kernels/images/columns.py": "likewise",
    "kernels/images/winograd.py": "likewise",
    "core/placement.py": "matrices of 3 x 3",
    "data/makers/numbers.py": "the few points of a digit's outline, in float64",
    "data/makers/rotated_digits.py": "likewise",
    "data/makers/centred.py": "likewise",
    "data/makers/colour.py": "three numbers",
    "checks/parity/conventions/clip_norm.py": "the lengths of a few gradients",
    "onnx/engine/program/winograd.py": "in runs of a program, which are held to one thread as a whole",
    "onnx/ops/svm_classifier.py": "a matrix of classes and classes, thousands of times",
}

MAYBE = re.compile(r"\b(matmul|v?dot|inner|tensordot|einsum|linalg)\b|@=?[ (]")
"""In the text of a file that may have one: most have none, and need not be parsed."""

TORCH = ("backends/torch/", "onnx/torch_ops/")
"""Rooms whose arithmetic is torch's, on torch's own threads."""


def products(tree: ast.AST, held: bool = False) -> Iterator[int]:
    """Lines of products that stand in no `with one_blas_thread()`."""
    if isinstance(tree, ast.With):
        held |= any("one_blas_thread()" in ast.unparse(item.context_expr) for item in tree.items)
    if not held and is_product(tree):
        yield tree.lineno  # type: ignore[attr-defined]
    for child in ast.iter_child_nodes(tree):
        yield from products(child, held)


def is_product(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        return isinstance(node.op, ast.MatMult)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name, words = ast.unparse(node.func), {word.arg for word in node.keywords}
    if name == "np.linalg.norm":
        return "axis" not in words  # along an axis it is a plain sum
    if name == "np.einsum":
        return "optimize" in words  # without, it is a loop of NumPy's own
    return name in NAMES or node.func.attr == "dot" or name.startswith("np.linalg.")


@cache
def found(repository: Path) -> dict[str, list[int]]:
    sources = {path.relative_to(repository / "nnlab").as_posix(): path for path in (repository / "nnlab").rglob("*.py")}
    texts = {name: path.read_text() for name, path in sources.items() if not name.startswith(TORCH)}
    by_file = {name: list(products(ast.parse(text))) for name, text in texts.items() if MAYBE.search(text)}
    return {name: lines for name, lines in by_file.items() if lines}


def test_products_stand_where_they_are_held_to_one_thread(repository: Path) -> None:
    left = {name: lines for name, lines in found(repository).items() if name not in ELSEWHERE}
    assert left == {}, "use kernels.product.matrix_product, `with one_blas_thread()`, or say in ELSEWHERE why not"


def test_every_exception_is_one(repository: Path) -> None:
    assert set(found(repository)) == set(ELSEWHERE)


def test_products_are_seen_however_they_are_written() -> None:
    written = "a @ b; c @= d; np.dot(a, b); a.dot(b); np.linalg.svd(a); np.einsum(e, a, b, optimize=True); "
    written += "np.linalg.norm(a); np.einsum(e, a, b); np.linalg.norm(a, axis=0); partial(np.multiply, a)"
    assert len(list(products(ast.parse(written)))) == 7
    assert list(products(ast.parse("with x, one_blas_thread():\n    a @ b"))) == []
