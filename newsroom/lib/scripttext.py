"""Data inside a page's script element."""

import json
from typing import Any

# What must not stand in a <script> element; the same characters as Django's json_script.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_script(data: Any) -> str:
    """Return JSON that cannot end the element it stands in."""
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
