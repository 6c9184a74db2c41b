"""Text from outside in HTML, of a page or of what a notebook shows."""

import html

from nnlab.core.printing import printable_lines


def escape(text: str) -> str:
    """HTML that shows the text, whatever is in it."""
    return html.escape(printable_lines(text))
