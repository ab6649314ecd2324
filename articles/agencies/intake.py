"""Entries of a feed → drafts, each in a transaction of its own with the line that remembers it."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from textwrap import shorten

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.lib import richtext
from newsroom.models import User

from .. import content, workflow
from ..content import Content
from ..models import AgencyEntry, AgencySource, Article, Byline
from . import bodies
from .documents import Entry

_MOST_BODY = 500_000  # characters; no news is as long


class End(StrEnum):
    """What became of an entry; the names of the columns that count it."""

    NEW = "new"
    UPDATED = "updated"
    NOTED = "noted"
    UNCHANGED = "unchanged"


class Skipped(Exception):
    """An entry that is not taken; str() says why."""


@dataclass(frozen=True)
class Candidate:
    """An entry with the marks by which it is known again."""

    entry: Entry
    key: str
    url_key: str


def candidates(entries: list[Entry]) -> list[Candidate]:
    """Return the entries with their marks, each mark once: the first of equals.

    An address that several entries share (a live blog) tells none of them.
    """
    shared = Counter(entry.url for entry in entries if entry.url)
    found: dict[str, Candidate] = {}
    for entry in entries:
        url_key = _hash(entry.url) if entry.url and shared[entry.url] == 1 else ""
        name = entry.guid or entry.url or entry.title
        found.setdefault(_hash(name), Candidate(entry, _hash(name), url_key))
    return list(found.values())


def known(source: AgencySource, wanted: list[Candidate]) -> dict[str, AgencyEntry]:
    """Return by key what is known of entries: by what they are called, else by their address.

    An entry whose own name is still in the feed is not another one's. Two queries per 500.
    """
    keys = [one.key for one in wanted]
    found: dict[str, AgencyEntry] = {}
    by_url: dict[str, AgencyEntry] = {}
    for start in range(0, len(keys), 500):
        part = wanted[start : start + 500]
        rows = source.entries.filter(key__in=[one.key for one in part])
        found |= {row.key: row for row in rows}
        rows = source.entries.filter(url_key__in={one.url_key for one in part} - {""})
        by_url |= {row.url_key: row for row in rows.exclude(key__in=keys)}
    for one in wanted:
        if one.key not in found and one.url_key in by_url:
            found[one.key] = by_url[one.url_key]
    return found


@transaction.atomic
def take(source: AgencySource, one: Candidate, row: AgencyEntry | None, values: Content) -> End:
    """Bring one entry in: as a draft, as a newer version of one, or not at all.

    `values` are what content_of() made of it.
    """
    digest = _hash(json.dumps(values, sort_keys=True, ensure_ascii=False))
    if row is not None:
        row = AgencyEntry.objects.select_for_update().get(pk=row.pk)
        return _take_again(row, values, digest)
    article = workflow.create(values, by=None)
    AgencyEntry.objects.create(
        source=source,
        key=one.key,
        url=one.entry.url,
        url_key=one.url_key,
        digest=digest,
        sent_at=one.entry.sent_at,
        article=article,
        revision=article.head,
    )
    return End.NEW


@transaction.atomic
def note_seen(article: Article, *, by: User) -> None:
    """Stop saying that the agency has a newer version. Raises NotPermitted."""
    if not workflow.may_edit(article, by):
        raise workflow.NotPermitted(_("You may not change this article."))
    AgencyEntry.objects.filter(article=article).update(newer=None)


def _take_again(row: AgencyEntry, values: Content, digest: str) -> End:
    """Bring a changed entry to its draft; one whose draft is gone stays away."""
    if row.digest == digest or row.article is None:
        return End.UNCHANGED
    # The draft may stand in another section by now: that is for people here to say.
    revision, is_on_top = workflow.take_update(
        row.article, values, base=row.revision, note=_("Newer version of the agency")
    )
    row.digest = digest
    if is_on_top:
        row.revision = revision
    else:
        row.newer = revision
    row.save(update_fields=["digest", "revision", "newer"])
    return End.UPDATED if is_on_top else End.NOTED


def content_of(source: AgencySource, entry: Entry) -> Content:
    """Return an entry's text as a draft holds it; takes seconds of a large one. Raises Skipped."""
    if len(entry.body) > _MOST_BODY:
        raise Skipped(_("Its text is longer than 500,000 characters."))
    body = bodies.to_body(entry.body, entry.url or source.url, entry.pictures)
    words = " ".join(richtext.plain_text(body).split())
    headline = " ".join(richtext.plain_text(entry.title).split())
    headline = headline or shorten(words, 70, placeholder=" …")
    if not headline:
        raise Skipped(_("It has neither a title nor a text."))
    is_original = source.canonical == AgencySource.Canonical.ORIGINAL
    return content.make(
        {
            "headline": shorten(headline, 200, placeholder=" …"),
            "standfirst": richtext.plain_text(entry.summary),
            "body": body,
            "section": source.section_id,
            "language": source.language,
            "bylines": [{"author": source.author_id, "role": Byline.Role.AGENCY}]
            if source.author_id
            else [],
            "canonical_url": entry.url if is_original else "",
        }
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
