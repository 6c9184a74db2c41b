"""How to have the run again, go on with it, use it, take it elsewhere."""

from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.core.reading import read_text
from nnlab.tracking.files import to_json
from nnlab.tracking.pages.page import code, download, folded
from nnlab.tracking.report.part import Part
from nnlab.tracking.report.recorded import Recorded, words

MOST = 50_000
"""Letters of a file that is in the page: nnlab's own have a tenth of it."""


def commands(recorded: Recorded) -> Part:
    """A line for each, to be copied."""
    runs = recorded.setting("run", "runs_dir") or "runs"
    quoted_folder = quoted(f"{runs}/{recorded.run.name}")
    epochs = recorded.setting("run", "epochs")
    more = (
        f" --epochs={epochs * 2}" if isinstance(epochs, int) and recorded.summary.get("stopped") == "finished" else ""
    )
    typed = recorded.description.get("command")
    lines = [
        *(["# the same again, typed", printable(words(typed, 4000))] if typed else []),
        "# the same again, from its own settings",
        f"nnlab train --config={quoted_folder}/config.toml",
        "# go on from the last epoch that was saved",
        f"nnlab train --resume={quoted_folder}{more}",
        "# use it on pictures of your own",
        f"nnlab infer --run={quoted_folder} PICTURES...",
        "# take it elsewhere as an ONNX file, checked against this run",
        f"nnlab export {quoted_folder}",
        "# hold it against another run",
        f"nnlab report {quoted_folder} OTHER",
    ]
    config = read_text(recorded.run.folder / "config.toml").encode()
    machine = words(to_json(recorded.run.environment, indent=2), MOST)
    html = [
        code("\n".join(lines), kind="typed"),
        download("config.toml", config, "config.toml") if len(config) <= MOST else "",
        folded("versions and machine (environment.json)", code(machine)),
    ]
    return Part("again", "The same again, and further", "\n".join(html))
