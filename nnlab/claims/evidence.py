"""The evidence beside a page: what each of its runs was, and what was measured of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.claims.reading import Reading, reading_of
from nnlab.core.errors import DataError
from nnlab.core.quoting import quoted
from nnlab.core.reading import parsed, read_text
from nnlab.tracking.fields import TABLE, TEXT, require

RUN = {**dict.fromkeys(("command", "identity", "date", "version", "machine"), TEXT), "sources": TABLE}
RUN_MORE = {"libraries": TABLE}


@dataclass(frozen=True)
class RunEvidence:
    """A run that was made.

    Options:  identity: what it means, in a digest: settings, data, components, libraries, seeds.
              sources: of each component that it used the file and its digest.
              libraries: versions of what computed.  machine: its class, for times.
    """

    command: str
    identity: str
    date: str = ""
    version: str = ""
    machine: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "command": self.command, "identity": self.identity, "date": self.date, "version": self.version,
            "machine": self.machine, "libraries": dict(self.libraries), "sources": dict(sorted(self.sources.items())),
        }  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """All that is known of a page's runs, by their names, and readings by the text of the measure."""

    runs: Mapping[str, RunEvidence] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)

    def text(self) -> str:
        """The file: a line for each run and each reading, so that differences are seen line by line."""
        blocks = []
        for name, table in (("runs", self.runs), ("values", self.readings)):
            lines = [
                f"    {json.dumps(key)}: {json.dumps(item.document(), ensure_ascii=False)}"
                for key, item in table.items()
            ]
            blocks.append(f'  "{name}": {{\n' + ",\n".join(lines) + "\n  }" if lines else f'  "{name}": {{}}')
        return '{\n  "schema_version": 1,\n' + ",\n".join(blocks) + "\n}\n"


def evidence_path(page: Path) -> Path:
    """Beside the page: colors.md has colors.evidence.json."""
    return page.with_suffix(".evidence.json")


def read_evidence(page: Path) -> Evidence:
    """What lies beside a page; nothing where nothing does.  Raises DataError: when it is damaged."""
    path = evidence_path(page)
    try:
        told = parsed(json.loads, read_text(path))
    except FileNotFoundError:
        return Evidence()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = f"bring it back, or measure again: nnlab docs run {quoted(page)}"
        raise DataError(f"cannot be read ({reason})", where=str(path), hint=hint) from None
    where = str(path)
    require(told, {"runs": TABLE, "values": TABLE}, where=where)
    runs = {name: _run_of(item, f"{where}: run {name}") for name, item in told["runs"].items()}
    return Evidence(runs, {name: reading_of(item, f"{where}: {name}") for name, item in told["values"].items()})


def _run_of(document: Any, where: str) -> RunEvidence:
    told = require(document, RUN, where=where, optional=RUN_MORE)
    for name in ("sources", "libraries"):
        if not all(isinstance(text, str) for text in told.get(name, {}).values()):
            raise DataError(f"is damaged ({name} has what is no text)", where=where)
    return RunEvidence(**{name: told[name] for name in RUN}, libraries=told.get("libraries", {}))
