"""What a run was made of, as its page shows it: the command, the settings that differ from the defaults, the layers."""

from typing import Any

from nnlab.core.component import options_of
from nnlab.core.converters import shown
from nnlab.experiment.build import Parts, batch_sizes
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.options import RunOptions
from nnlab.experiment.settings import CHOICES
from nnlab.experiment.typed import NOT_TYPED, train_command
from nnlab.models.summary import summarised
from nnlab.tracking.files import to_json
from nnlab.tracking.report.recorded import DESCRIPTION

LOCAL = NOT_TYPED | {"runs_dir"}
"""Settings that say where and on how many cores a run ran: nobody chose them to train otherwise."""

SHOWN = ("name", "kind", "inputs", "output", "parameters", "statistics", "multiply_adds", "activation_bytes")
"""What is kept of a layer; its options follow from the model's."""


def description(experiment: Experiment, parts: Parts) -> dict[str, bytes]:
    """The file by its name."""
    found, data = summarised(parts.network), parts.data
    batch = max(batch_sizes(experiment, data.training.truths))
    start = experiment.starts.path if experiment.starts else None
    anywhere = {"run": {"runs_dir": RunOptions().runs_dir}}
    document = {
        "schema_version": 1,
        "command": train_command(experiment, weights=start, changes=anywhere),
        "names": list(data.names),
        "defaults": differing(experiment),
        "layers": [{key: row.document()[key] for key in SHOWN} for row in found.rows],
        "totals": found.totals(batch),
    }
    return {DESCRIPTION: (to_json(document) + "\n").encode()}


def differing(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """The defaults of the settings that have another value, by section and key; of a choice, its `name`."""
    found: dict[str, dict[str, Any]] = {}
    for section, parts in experiment.parts.items():
        own: dict[str, Any] = {}
        if section in CHOICES and experiment.chosen[section] != _usual(experiment, section):
            own["name"] = _usual(experiment, section)
        for part in parts:
            own |= {
                option.name: option.default
                for option in options_of(type(part))
                if option.name not in LOCAL and shown(getattr(part, option.name)) != shown(option.default)
            }
        if own:
            found[section] = own
    return found


def _usual(experiment: Experiment, section: str) -> str:
    """The component that is taken where none is named."""
    return experiment.task.defaults.get(section, CHOICES[section].default)
