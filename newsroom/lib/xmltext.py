"""Text for XML: what the format forbids is left out, what has a meaning in it is escaped."""

import re
from xml.sax.saxutils import escape

# One such character (XML 1.0, production 2) makes a whole document unreadable.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """Return the text without the characters that XML forbids."""
    return _FORBIDDEN.sub("", text)


def element(name: str, text: str) -> str:
    """Return an element that holds a text, on a line of its own."""
    return f"<{name}>{escape(allowed(text))}</{name}>\n"
