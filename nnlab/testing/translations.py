"""What a component's translation to another backend must do: the same as the component."""

from nnlab.backends.base import BACKENDS
from nnlab.checks.translation_checks import Translatable, translation_findings
from nnlab.core.errors import UsageError


def check_translations(cls: Translatable, backend: str = "torch") -> None:
    """Holds a component's translation to a backend against the component, as `nnlab check` does.

    Raises:  AssertionError: saying what differs, or that there is no translation.
             MissingError: when the backend's library is not installed.
    """
    translated = BACKENDS.get(backend).translated()
    assert translated is not None, f"on {backend} components are what they are; there is nothing to translate"
    try:
        for finding in translation_findings(cls, translated):
            assert not finding.failed, f"{cls.__name__}: {finding.where}"
    except UsageError as error:
        raise AssertionError(f"{cls.__name__}: {error}") from error
