"""What a database does for a query: what it reads whole, and how many rows it looks at."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

_PLAIN_SCAN = re.compile(r"SCAN (\w+)\b(?! USING| VIRTUAL)")
_ALIAS = re.compile(r'"(\w+)" (?:AS )?"?([A-Z]+\d+)"?')


def read_whole(sql: str, tables: set[str]) -> set[str]:
    """Return those of the tables that a query reads from end to end."""
    if connection.vendor == "postgresql":
        nodes = _nodes(_explained(sql, "FORMAT JSON"))
        scans = (node for node in nodes if node["Node Type"] == "Seq Scan")
        return {node["Relation Name"] for node in scans} & tables
    names = {alias: table for table, alias in _ALIAS.findall(sql)}
    lines = [row[3] for row in _ask(f"EXPLAIN QUERY PLAN {sql}")]
    found = {match[1] for line in lines if (match := _PLAIN_SCAN.match(line))}
    return {names.get(name, name) for name in found} & tables


def rows_read(sql: str, tables: set[str]) -> int:
    """Return the most rows of one of the tables that a query looks at. PostgreSQL; runs it."""
    most = 0
    for node in _nodes(_explained(sql, "ANALYZE, FORMAT JSON")):
        if node.get("Relation Name") in tables or "Index Name" in node:
            names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
            each = sum(node.get(name, 0) for name in names)
            most = max(most, round(each * node["Actual Loops"]))
    return most


def _explained(sql: str, options: str) -> dict[str, Any]:
    with transaction.atomic():
        (row,) = _ask(f"EXPLAIN ({options}) {sql}")
        transaction.set_rollback(True)
    found = row[0] if isinstance(row[0], list) else json.loads(row[0])
    plan: dict[str, Any] = found[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def _ask(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("%", "%%") if connection.vendor == "sqlite" else sql)
        return list(cursor.fetchall())
