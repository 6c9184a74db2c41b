"""Which programs a model keeps, what they may take, and runs at once."""

import threading

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.limits import LOOK_AFTER, held_bytes, limited
from tests.onnx.engine.program.test_program import BLOCK, agrees, images, model


def test_every_shape_has_a_program_and_few_are_kept() -> None:
    made = model(BLOCK, {"w": (4, 4, 3, 3), "b": (4,), "v": (4, 4, 3, 3)})
    agrees(made, *({"x": images(1, 4, 5 + n, 6)} for n in range(6)))
    assert len(made.programs.kept) == 4


def test_the_programs_that_ran_last_are_kept() -> None:
    made = model("(T[N] x) => (T[N] y) { y = Relu(x) }", {})
    for size in (1, 2, 3, 4, 1, 5):
        made.run({"x": images(size)})
    assert [key[0][1][0] for key in made.programs.kept] == [(3,), (4,), (1,), (5,)]


def test_one_that_is_too_large_leaves_the_others_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.onnx.engine.program.programs.LARGEST", 5_000)
    made = model("(T[N] x) => (T[N] y) { y = Relu(x) }", {})
    for size in (5, 1_000, 100):  # 8 KB of input alone
        agrees(made, {"x": images(size)})
    assert [key[0][1][0] for key in made.programs.kept] == [(5,), (100,)]


@pytest.mark.parametrize("kind", ["Relu", "Softmax"])
def test_what_runs_make_is_held_against_the_limit(kind: str) -> None:
    """Outputs each too small to be looked at, with a form and without one."""
    names = [f"y{i}" for i in range(8)]
    nodes = " ".join(f"{name} = {kind}(x)" for name in names)
    made = model(f"(T[N] x) => ({', '.join('T[N] ' + name for name in names)}) {{ {nodes} }}", {}, np.float32)
    x = {"x": np.zeros(LOOK_AFTER // 4 - 2**18, np.float32)}
    with limited(memory=held_bytes() + 2 * LOOK_AFTER), pytest.raises(DataError, match=r"node y.*may hold"):
        made.run(x)


def test_copies_of_the_outputs_are_held_against_the_limit() -> None:
    made = model("(T[N] x) => (T[N] y, T[N] z) { y = Relu(x) z = Exp(x) }", {}, np.float32)
    x = {"x": np.zeros(LOOK_AFTER // 8 + 2**18, np.float32)}
    made.run(x)
    assert len(made.programs.kept) == 1
    with limited(memory=held_bytes() + LOOK_AFTER), pytest.raises(DataError, match="would make"):
        made.run(x)


def test_runs_at_once_do_not_meet() -> None:
    made = model(BLOCK, {"w": (4, 4, 3, 3), "b": (4,), "v": (4, 4, 3, 3)})
    xs = [images(1, 4, 9, 9, seed=seed) for seed in range(4)]
    expected = [made.run({"x": x})[0] for x in xs]
    found: list[list[Array]] = [[] for _ in xs]

    def work(place: int) -> None:
        for _ in range(20):
            found[place].append(made.run({"x": xs[place]})[0])

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(xs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for place, ys in enumerate(found):
        for y in ys:
            np.testing.assert_array_equal(y, expected[place])
