"""Where an error is: whatever goes wrong with a model is one line that begins with its file, tensor or node."""

from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.core.errors import DataError, NnlabError
from nnlab.core.printing import printable

LONGEST = 1000
"""Characters of what is said of a model: names in files and what other libraries say have no end of their own."""


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
        place = f"{where}: {one_line(error.where)}" if error.where else where
        raise DataError(one_line(error.what), where=place, hint=error.hint) from (error.__cause__ or error)
    except NnlabError:
        raise
    except Exception as error:
        raise DataError(f"is not a sound model ({type(error).__name__}: {one_line(error)})", where=where) from error


def one_line(said: object) -> str:
    """What an error says, or a name in a file, on one line and not too long; nothing in it speaks to the terminal."""
    text = printable(" ".join(str(said).split()))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
