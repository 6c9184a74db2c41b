"""Text as it stands in a page: as a notebook shows it."""

from nnlab.core.notebook import escape as escape
