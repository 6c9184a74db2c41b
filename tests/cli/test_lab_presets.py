"""Every lab that trains says its smaller forms by name."""

import pytest

from nnlab.cli.main import main

LABS = (
    "study models",
    "study sizes",
    "study seeds",
    "study ladder",
    "scale search",
    "resolution sweep",
    "resolution tune",
)


@pytest.mark.parametrize("lab", LABS)
def test_help_names_the_form_for_a_laptop(capsys: pytest.CaptureFixture[str], lab: str) -> None:
    assert main([*lab.split(), "--help"]) == 0
    said = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.lstrip().startswith("--preset ")]
    assert "laptop" in said[0].split("|")
