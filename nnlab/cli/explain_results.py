"""What stdout gets of explained pictures: a few lines for each, or the JSON document."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.output import echo
from nnlab.core.printing import printable
from nnlab.tracking.files import plain

if TYPE_CHECKING:
    from nnlab.experiment.explaining.rows import Method, Row
    from nnlab.experiment.explaining.subject import Subject


def about(flags: Mapping[str, Any], subject: "Subject") -> dict[str, Any]:
    """What the document says of all its pictures."""
    return {
        "run": str(subject.run.folder.resolve()),
        "engine": flags["engine"],
        "names": list(subject.names),
        "score": subject.network.score_kind,
        "shape": list(subject.shape),
    }


def show(rows: Sequence["Row"], content: Mapping[str, Any], subject: "Subject", flags: Mapping[str, Any]) -> None:
    """Prints what was found out, as --json or as text; on stderr where the files are."""
    good = [row for row in rows if row.error is None]
    if flags["json"]:
        click.echo(json.dumps(plain(content), indent=2, allow_nan=False))
    elif good:
        echo("\n".join(line for row in good for line in lines(row, subject)))
    if good and not flags["quiet"]:
        print(f"files are in {printable(flags['output'])}", file=sys.stderr)


def lines(row: "Row", subject: "Subject") -> list[str]:
    """What is said of one picture."""
    kind = subject.network.score_kind
    share = "" if row.probability is None else f", probability {row.probability:.1%}"
    score = f"{kind} {row.score:.4g}" if kind != "probability" else ""
    about = ", ".join(said for said in (score, share.removeprefix(", ")) if said)
    answer = "" if row.answer == row.explained else f"; it answers {row.answer}"
    said = [f"{printable(row.source)}: {printable(row.explained or '')} ({about}){printable(answer)}"]
    for method in row.methods:
        said += _method_lines(method)
    return said


def _method_lines(method: "Method") -> list[str]:
    said = [f"  {method.explainer.title} {printable(method.explanation.words)}: {method.shown.words}"]
    if method.explanation.warning:
        said.append(f"    warning: {method.explanation.warning}")
    if method.likeness is not None:
        said.append(f"    {method.likeness.words}")
    said += [
        f"    drawn anew down to {printable(node)}: rank correlation {like.correlation:.2f}, SSIM {like.similarity:.2f}"
        for node, like in method.cascade
    ]
    return said
