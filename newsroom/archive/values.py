"""Rows as lines of JSON and back: the same text whatever database they come from."""

import base64
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models

from .tables import Column


def to_line(row: dict[str, Any]) -> str:
    """Return a row as one line, keys sorted: PostgreSQL does not keep their order in JSON."""
    written = {name: _written(value) for name, value in row.items()}
    return json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def to_column(field: Column, value: Any) -> Any:
    """Return what a line holds for a column as the database's driver takes it."""
    if not isinstance(field, models.JSONField):
        target = field.target_field if isinstance(field, models.ForeignKey) else field
        value = target.to_python(value)
    # Not pre_save: times, cleaned texts and files are those of the archive.
    return field.get_db_prep_save(value, connection)


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value
