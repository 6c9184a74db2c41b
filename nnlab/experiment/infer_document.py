"""What is told of pictures as JSON: `nnlab infer --json`, a line of `--watch --json`, a reply of `nnlab serve`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.experiment.infer_rows import Row

SCHEMA = 1


def document(rows: Sequence["Row"], model: str, engine: str, *, top: int) -> dict[str, Any]:
    """The whole: results of the pictures that were read; under "failed" why others, or scores that are no numbers, have
    none. Options:  top: how many classes a ranking has."""
    return {
        "schema_version": SCHEMA,
        "model": model,
        "engine": engine,
        "classes": next((list(row.labels) for row in rows if row.labels), None),
        "results": [result(row, top) for row in rows if row.read],
        "failed": [failure(row) for row in rows if row.error is not None],
    }


def result(row: "Row", top: int) -> dict[str, Any]:
    """What is told of one picture that was read."""
    return {
        "source": row.source,
        "label": row.label,
        "confidence": row.confidence,
        "probabilities": row.probabilities,
        "ranking": [{"label": label, "confidence": share} for label, share in row.ranking[:top]],
        "covered": row.covered,
        "regions": None if row.regions is None else [asdict(region) for region in row.regions],
        "output": row.output,
        "seconds": row.seconds,
        **({"values": dict(row.values)} if row.values else {}),
        **({} if row.told is None else {"answer": row.told}),
    }


def failure(row: "Row") -> dict[str, Any]:
    """Why there is no answer to one."""
    return {"source": row.source, "error": row.error}
