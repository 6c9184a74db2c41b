"""The page docs/onnx-support.md: what of onnx's suite passes on each engine, by operator."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import onnx

from nnlab.onnx.file.read import NEWEST_OPSET, OLDEST_OPSET
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.suite.cases import Case
from nnlab.onnx.suite.vision import OPERATORS_OF_VISION, VISION

Passed = Mapping[str, Collection[str]]
"""By engine, the names of the cases that pass."""

OTHERS = {
    "onnx 1.23.2, its reference evaluator": (2014, "2,021"),
    "onnxruntime 1.31.1": (1454, "1,511"),
    "onnx2torch": (None, "414"),
}
"""For scale: what `python -m nnlab.onnx.suite --engine=reference` and =onnxruntime said, and what others counted."""

HEAD = """# ONNX: what is computed

Written by `python -m nnlab.onnx.suite`, which runs the `onnx` package's own backend test-suite (version {version},
{cases:,} cases with data) through its own runner on both engines. The names of the cases that pass are kept in
`tests/onnx/suite/passed-*.txt`; a test runs them all again and fails when one does not pass any more.

    python -m nnlab.onnx.suite --engine=numpy test_conv test_resize     these cases alone, and why which one fails

Operators of version {oldest} to {newest} are computed as their version says; older models are brought up to {oldest}
when they are read. `nnlab onnx show FILE` says of a model's operators which engine computes them.
"""

NOTE = """
A case belongs to the vision part when every operator in it is one of those under "Vision". The others' figures
"measured here" are from the same runner, models given as they are (onnxruntime refuses those of operator version
{newest}, which came after it); "as others counted" is what was stated elsewhere, counted in another way.
"""

CHANCE = """
Six cases (`test_bernoulli*`) compare with numbers drawn by another generator: they pass for nobody but by chance. One
(`test_squeezenet`) takes the softmax of numbers near 1e10 that are the same but for rounding: it passes where the
processor's BLAS rounds every column alike. None of them is counted.
"""


def page(cases: Collection[Case], passed: Passed) -> str:
    """The page's text."""
    parts = [
        HEAD.format(version=onnx.__version__, cases=len(cases), oldest=OLDEST_OPSET, newest=NEWEST_OPSET),
        "\n".join(_totals(cases, passed)),
        NOTE.format(newest=NEWEST_OPSET) + CHANCE,
        "## Vision\n",
    ]
    rows = _Rows(cases, passed)
    for group, operators in VISION.items():
        parts.append(f"### {group.capitalize()}\n\n" + "\n".join(rows.table([("", name) for name in operators])) + "\n")
    others = [key for key in rows.known if key[0] or key[1] not in OPERATORS_OF_VISION]
    parts.append("## Others\n\n" + "\n".join(rows.table(others)) + "\n")
    parts.append("## Cases that do not pass\n")
    for engine, names in passed.items():
        failed = sorted(case.name for case in cases if case.name not in names)
        said = ", ".join(f"`{name.removeprefix('test_')}`" for name in failed) or "none"
        parts.append(f"**{engine}**: {said}\n")
    return "\n".join(parts)


def _totals(cases: Collection[Case], passed: Passed) -> Iterator[str]:
    vision = {case.name for case in cases if case.names <= OPERATORS_OF_VISION}
    engines = list(passed)
    yield "| cases that pass | of | " + " | ".join(f"nnlab on {engine}" for engine in engines) + " |"
    yield "|---|---:|" + "---:|" * len(engines)
    yield f"| all | {len(cases):,} | " + " | ".join(f"{len(passed[engine]):,}" for engine in engines) + " |"
    counts = [len(vision.intersection(passed[engine])) for engine in engines]
    yield f"| the vision part | {len(vision):,} | " + " | ".join(f"{count:,}" for count in counts) + " |"
    yield ""
    yield "| for scale, of all | measured here | as others counted |"
    yield "|---|---:|---:|"
    for name, (measured, stated) in OTHERS.items():
        yield f"| {name} | {'not measured' if measured is None else f'{measured:,}'} | {stated} |"


class _Rows:
    """The rows of operators.

    Options:  known: every (domain, name) that a case has or that is computed, sorted.
    """

    def __init__(self, cases: Collection[Case], passed: Passed):
        self.passed = {engine: frozenset(names) for engine, names in passed.items()}
        self.cases: dict[tuple[str, str], set[str]] = {}
        for case in cases:
            for domain, name, _ in case.operators:
                self.cases.setdefault((domain, name), set()).add(case.name)
        self.versions: dict[tuple[str, str], dict[int, type[Operator]]] = {}
        for domain, name, since in OPERATORS.keys():  # noqa: SIM118 (a method of the table, sorted)
            found = OPERATORS.get(domain, name, since)
            if found is not None:
                self.versions.setdefault((domain, name), {})[since] = found
        self.known = sorted(self.cases.keys() | self.versions.keys())

    def table(self, keys: Collection[tuple[str, str]]) -> Iterator[str]:
        """Operators of these keys."""
        engines = list(self.passed)
        yield (
            "| operator | versions | NumPy | gradient | torch | cases | "
            + " | ".join(f"pass on {e}" for e in engines)
            + " |"
        )
        yield "|---|---|---|---|---|---:|" + "---:|" * len(engines)
        for key in keys:
            yield self._row(key)

    def _row(self, key: tuple[str, str]) -> str:
        domain, name = key
        versions = self.versions.get(key, {})
        classes = list(versions.values())
        said = ", ".join(map(str, versions))
        cells = [f"{domain}.{name}" if domain else name]
        if classes:
            forward, gradient, torch = (
                "yes",
                _yes(cls.backward is not Operator.backward for cls in classes),
                _on_torch(classes),
            )
        else:
            forward = gradient = torch = "by its definition" if _has_definition(domain, name) else "-"
        cells += [said or "-", forward, gradient, torch]
        own = self.cases.get(key, set())
        cells.append(str(len(own)))
        cells += [str(len(own & names)) for names in self.passed.values()]
        return "| " + " | ".join(cells) + " |"


def _yes(each: Iterator[bool]) -> str:
    found = list(each)
    return "yes" if all(found) else "some versions" if any(found) else "-"


def _on_torch(classes: Collection[type[Operator]]) -> str:
    from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

    return _yes(cls in TORCH_OPERATORS for cls in classes)


def _has_definition(domain: str, name: str) -> bool:
    """Whether onnx defines the operator by others, into which it is unfolded."""
    if not onnx.defs.has(name, domain):
        return False
    schema: Any = onnx.defs.get_schema(name, domain)
    return bool(schema.has_function or schema.has_context_dependent_function)
