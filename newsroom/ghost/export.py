"""Reads the JSON that Ghost exports (versions 1 to 6): its tables, and which site it is of."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from newsroom.wordpress.digests import digest_of
from newsroom.wordpress.reader import Unreadable

# Ghost keeps a site's texts in one file; a larger one is no export.
_MAX_BYTES = 1_000_000_000
type Row = dict[str, Any]


@dataclass
class Export:
    """One file. `source` tells one site from another, whatever it is called in a later export."""

    tables: dict[str, list[Row]]
    source: str
    settings: dict[str, str]
    # Related rows by the number of their text, in Ghost's own order.
    of_post: dict[str, dict[str, list[Row]]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table; none where the file has no such table."""
        return self.tables.get(table, [])

    def related(self, table: str, post: Row) -> list[Row]:
        """Return the rows of a table that belong to a text, the first one first."""
        return self.of_post[table].get(text(post, "id"), [])


def read(path: Path) -> Export:
    """Read an export. Raises Unreadable, with the reason."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise Unreadable(_("%(file)s: it is larger than 1 GB.") % {"file": path.name})
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"{path.name}: {error}.") from error
    inner = data["db"][0] if isinstance(data, dict) and _is_filled(data.get("db")) else data
    found = inner.get("data") if isinstance(inner, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("posts"), list):
        raise Unreadable(_("%(file)s: this is no export of Ghost.") % {"file": path.name})
    tables = {
        str(name): [row if isinstance(row, dict) else {} for row in rows]
        for name, rows in found.items()
        if isinstance(rows, list)
    }
    settings = {text(row, "key"): text(row, "value") for row in tables.get("settings", [])}
    export = Export(tables, _source_of(settings), settings)
    for name in ("posts_tags", "posts_authors", "posts_meta"):
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(export.rows(name), key=_order):
            groups[text(row, "post_id")].append(row)
        export.of_post[name] = groups
    return export


def text(row: Row, name: str) -> str:
    """Return a value as text; empty for none."""
    value = row.get(name)
    return "" if value is None else str(value).strip()


def moment(row: Row, *names: str) -> datetime | None:
    """Return the first date of these: ISO 8601, or milliseconds as older versions wrote them."""
    for name in names:
        value = row.get(name)
        try:
            if isinstance(value, int | float) and value:
                return datetime.fromtimestamp(value / 1000, UTC)
            found = parse_datetime(str(value)) if value else None
        except (ValueError, OverflowError, OSError):
            continue
        if found is not None:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _is_filled(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _order(row: Row) -> int:
    value = row.get("sort_order")
    return value if isinstance(value, int) else 0


def _source_of(settings: dict[str, str]) -> str:
    """Return the site's own mark, which outlives a new name; else what its name makes."""
    mark = settings.get("db_hash") or settings.get("site_uuid")
    return f"ghost:{mark or digest_of(settings.get('title', ''))[:32]}"[:200]
