"""Text as it stands in a page."""

import html

from nnlab.core.printing import printable_lines


def escape(text: str) -> str:
    """HTML that shows the text: no tag, no attribute's end, nothing that turns its order round."""
    return html.escape(printable_lines(text))
