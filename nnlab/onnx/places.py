"""Where an error is: whatever goes wrong with a model is one line that begins with its file, tensor or node."""

from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.core.errors import DataError, NnlabError

LONGEST = 300
"""Characters of what other libraries say."""


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Puts the model's file before what a DataError inside says of its tensors and nodes.

    Raises:  DataError: also for what nobody foresaw; nothing that a file holds may end in a traceback.
    """
    try:
        yield
    except DataError as error:
        if error.where is not None and error.where.startswith(where):
            raise
        place = f"{where}: {error.where}" if error.where else where
        raise DataError(error.what, where=place, hint=error.hint) from (error.__cause__ or error)
    except NnlabError:
        raise
    except Exception as error:
        raise DataError(f"is not a sound model ({type(error).__name__}: {one_line(error)})", where=where) from error


def one_line(error: object) -> str:
    """What an error says, on one line and not too long."""
    text = " ".join(str(error).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
