"""Writes the folder of a comparison: `runs/<date>-<exp-id>-compare-<hash>/`."""

import shutil
from pathlib import Path
from typing import Any

from nnlab.checks.parity.result import Comparison
from nnlab.tracking.comparison.about import About
from nnlab.tracking.comparison.document import document, lines
from nnlab.tracking.comparison.report import report
from nnlab.tracking.files import to_json, write_whole, writing
from nnlab.tracking.store import file_name, new_folder


def write_comparison(runs_dir: Path, comparison: Comparison, about: About) -> dict[str, Any]:
    """Writes the folder, which appears when it is whole, and gives the comparison's document.

    It is no run: `latest` goes on pointing at the last training.

    Raises:  RunError: when the disk takes no more; nothing is left behind then.
    """
    folder = new_folder(runs_dir, f"{file_name(about.exp_id)[:50]}-compare", about.config)
    draft = folder.with_name(f".{folder.name}.part")
    found = document(
        comparison,
        id=about.exp_id,
        folder=str(folder),
        report=str(folder / "report.html"),
        epochs=comparison.history[-1].epoch if comparison.history else 0,
        tolerance=about.tolerance,
        interrupted=about.interrupted,
        elapsed_s=about.seconds,
    )
    try:
        with writing(folder):
            draft.mkdir()
            write_whole(draft / "config.toml", about.config)
            write_whole(draft / "environment.json", to_json(about.environment, indent=2) + "\n")
            write_whole(draft / "differences.jsonl", "".join(f"{to_json(line)}\n" for line in lines(comparison)))
            write_whole(draft / "report.html", report(comparison, about))
            write_whole(draft / "comparison.json", to_json(found, indent=2) + "\n")
            folder.rmdir()
            draft.rename(folder)
    except BaseException:
        for path in (draft, folder):
            shutil.rmtree(path, ignore_errors=True)
        raise
    return found
