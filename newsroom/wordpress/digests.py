"""What tells whether a record has changed."""

import hashlib
import json
from typing import Any

_encoder = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str)


def digest_of(values: Any) -> str:
    """Return a SHA-256 of plain values: equal values, equal digests."""
    return hashlib.sha256(_encoder.encode(values).encode("utf-8", "replace")).hexdigest()
