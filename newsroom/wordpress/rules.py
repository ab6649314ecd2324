"""Redirects that the old site had itself: rules of Safe Redirect Manager, files of Redirection.

Only paths of the site that lead to paths of the site: patterns and other hosts are left out.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from articles import redirects
from articles.models import Redirect

from .addresses import local, path_of
from .reader import Unreadable
from .records import Item
from .report import End, Outcome, Report

_KIND = "redirect"


@dataclass(frozen=True)
class Rule:
    """One line of an exported file; what is not `plain` is a pattern, or switched off."""

    source: str
    target: str
    is_plain: bool


def read_rules(path: Path) -> list[Rule]:
    """Read what Redirection has exported, as JSON or CSV. Raises Unreadable."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return list(_of_json(text) if text.lstrip().startswith("{") else _of_csv(text))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        message = _("%(file)s: this is no export of the Redirection plugin.")
        raise Unreadable(message % {"file": path.name}) from error


def take_rule(item: Item, own_hosts: frozenset[str]) -> End:
    """Take one rule of Safe Redirect Manager over."""
    source, target = item.one("_redirect_rule_from"), item.one("_redirect_rule_to")
    is_pattern = item.one("_redirect_rule_from_regex") == "1" or "*" in source
    if item.status != "publish" or is_pattern:
        return Outcome.SKIPPED, _("a pattern, or switched off")
    return _take(source, target, own_hosts)


def take_rules(rules: list[Rule], own_hosts: frozenset[str], report: Report) -> None:
    """Take the rules of a file over, and count them."""
    for rule in rules:
        report.expect(_KIND)
        if rule.is_plain:
            report.count(_KIND, *_take(rule.source, rule.target, own_hosts))
        else:
            report.count(_KIND, Outcome.SKIPPED, _("a pattern, or switched off"))


def _take(source: str, target: str, own_hosts: frozenset[str]) -> End:
    old, new = path_of(source), local(target.strip(), own_hosts)
    if not new.startswith("/") or new.startswith(("//", "/\\")):
        return Outcome.SKIPPED, _("leads to another site")
    if old in {"", "/"} or len(new) > 400:
        return Outcome.SKIPPED, _("no address")
    if Redirect.objects.filter(old_path=old).exists():
        return Outcome.UNCHANGED, ""
    redirects.remember_all({old: new})
    return Outcome.IMPORTED, ""


def _of_json(text: str) -> Iterator[Rule]:
    for rule in json.loads(text)["redirects"]:
        is_plain = not rule.get("regex") and rule.get("enabled", True)
        yield Rule(rule["url"], str(rule.get("action_data", {}).get("url", "")), bool(is_plain))


def _of_csv(text: str) -> Iterator[Rule]:
    reader = csv.DictReader(text.splitlines())
    if not {"source", "target"} <= set(reader.fieldnames or ()):
        raise ValueError("no such columns")
    for row in reader:
        is_on = row.get("status", "active") in {"active", "enabled", ""}
        is_plain = row.get("regex", "0") in {"0", ""} and is_on
        yield Rule(row["source"], row["target"], is_plain)
