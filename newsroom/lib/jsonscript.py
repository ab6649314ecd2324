"""Data in a page: JSON that a <script> element may hold."""

import json
from collections.abc import Mapping
from typing import Any

# What must not stand in a <script> element; the same characters as Django's json_script.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_script(data: Mapping[str, Any]) -> str:
    """Return JSON that cannot end the element it stands in."""
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
