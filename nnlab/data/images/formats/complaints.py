"""What decoders complain of: which words mean lost pixels, and which another reason."""

from nnlab.core.errors import DataError

HARMLESS = ("extraneous bytes before", "Adobe color transform code")
"""Warnings of libjpeg by which nothing is lost, and that many sound photos give."""

NOT_READ = (
    "not configured",
    "not support",
    "unsupported",
    "not implemented",
    "no decode delegate",
    "not been built in",
    "unknown pixel mode",
)
"""Words of decoders for files that are sound, but of a kind that they do not know."""

NOT_ALLOWED = ("exceeds limit", "not allowed", "not authorized", "denied by", "security policy", "list length")
"""Words of ImageMagick for files that its policy does not let it open."""

WANTING = (
    "out of memory",
    "insufficient memory",
    "memory allocation",
    "cannot allocate",
    "failed to allocate",
    "creating thread",
    "temporarily unavailable",
    "too many open files",
    "no space left",
    "temporary file",
    "temp file",
)
"""Words for want of memory, threads, files or room on a disk: no fault of a picture."""


def is_want(said: str) -> bool:
    """Whether a complaint is about what the machine lacks."""
    lower = said.lower()
    return any(words in lower for words in WANTING)


def is_harmless(said: str) -> bool:
    """Whether a complaint is about nothing that was lost."""
    return any(words in said for words in HARMLESS)


def fault(said: str, library: str, other: str) -> DataError:
    """Why a file is not read, in the decoder's words.

    Options:  said: what it complained of first.  library: which one.  other: the one that may read the file.
    """
    lower = said.lower()
    if any(words in lower for words in NOT_ALLOWED):
        return DataError(
            f"{library}'s policy does not let it be opened ({said})",
            hint=f"use --data-loader={other}, or raise the limit in {library}'s policy.xml",
        )
    if any(words in lower for words in NOT_READ):
        return DataError(
            f"of a kind that {library} does not read here ({said})",
            hint=f"use --data-loader={other}, or save it as PNG",
        )
    return DataError(f"corrupt or truncated ({said or 'the decoder does not say why'})")
