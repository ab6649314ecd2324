"""Looks for what does not fit together: links, files, redirects. Changes nothing.

Everything is read in batches. `manage.py check_content` prints what is found.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.contrib.flatpages.models import FlatPage
from django.core.files.storage import Storage, default_storage

from articles.models import Article, Image, Redirect, Status
from articles.renditions import FOLDER as RENDITIONS
from articles.renditions import PART

from .links import Addresses, internal
from .tables import Table, carried, snapshot

_BATCH = 500


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit: its kind, the row or file, and what is wrong there."""

    kind: str
    where: str
    what: str


def check() -> Iterator[Finding]:
    """Yield all findings, one after the other. The database is read as of one moment."""
    with snapshot():
        addresses = Addresses()
        yield from broken_links(addresses)
        yield from dead_redirects(addresses)
        yield from missing_files()
        yield from orphans()


def broken_links(addresses: Addresses) -> Iterator[Finding]:
    """Yield links in published texts and pages that lead nowhere on this site."""
    articles = Article.objects.published().order_by("pk").values_list("pk", "body")
    pages = FlatPage.objects.order_by("pk").values_list("url", "content")
    yield from _broken(addresses, ((f"article {pk}", body) for pk, body in articles.iterator()))
    yield from _broken(addresses, ((f"page {url}", text) for url, text in pages.iterator()))


def _broken(addresses: Addresses, texts: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    for batch in batched(texts, _BATCH):
        links = [(where, internal(html)) for where, html in batch]
        dead = addresses.dead(path for _where, found in links for path in found.values())
        for where, found in links:
            for written, path in found.items():
                if path in dead:
                    yield Finding("broken link", where, written)


def dead_redirects(addresses: Addresses) -> Iterator[Finding]:
    """Yield old addresses that lead to nothing, now or by itself later."""
    rows = Redirect.objects.order_by("pk").select_related("article")
    for batch in batched(rows.defer("article__body", "article__body_html").iterator(), _BATCH):
        topics = {row.tag_id for row in batch if row.tag_id}
        seen = Article.objects.visible().filter(tagged_items__tag__in=topics)
        read = set(seen.values_list("tagged_items__tag", flat=True)) if topics else set()
        dead = addresses.dead(row.new_path for row in batch if row.new_path)
        for row in batch:
            if row.new_path:
                is_dead = row.new_path in dead
            elif row.tag_id:
                is_dead = row.tag_id not in read
            else:
                is_dead = row.article is not None and not _answers(row.article)
            if is_dead:
                yield Finding("dead redirect", row.old_path, _target_of(row))


def _answers(article: Article) -> bool:
    """Whether an article's address answers: with it, later, or with why it is gone."""
    return article.is_live or article.is_scheduled or article.status == Status.WITHDRAWN


def _target_of(row: Redirect) -> str:
    if row.new_path:
        return row.new_path
    return f"article {row.article_id}" if row.article_id else f"topic {row.tag_id}"


def missing_files() -> Iterator[Finding]:
    """Yield rows whose file is not in the storage."""
    for table, column in _columns():
        rows = table.rows().exclude(**{column: ""}).values_list("pk", column)
        for pk, name in rows.iterator():
            if not default_storage.exists(name):
                yield Finding("missing file", f"{table.name} {pk}", name)


def orphans() -> Iterator[Finding]:
    """Yield files in the storage that no row names, renditions of pictures that are gone too."""
    for names in batched(_walk(default_storage, ""), _BATCH):
        made = {name: _token(name) for name in names if name.startswith(f"{RENDITIONS}/")}
        tokens = {token for token in made.values() if token}
        pictures = Image.objects.filter(token__in=tokens).values_list("token", flat=True)
        there = set(pictures)
        named = {name for name, token in made.items() if token in there}
        for table, column in _columns():
            rows = table.rows().filter(**{f"{column}__in": names})
            named |= set(rows.values_list(column, flat=True))
        for name in names:
            if name not in named:
                yield Finding("orphan", name, "no row names this file")


def _columns() -> Iterator[tuple[Table, Any]]:
    for table in carried():
        for column in table.file_fields:
            yield table, column


def _token(name: str) -> UUID | None:
    """Return whose rendition a file is; None for a stray one, and for half of one."""
    if PurePath(name).name.startswith(PART):
        return None
    try:
        return UUID(name.split("/")[1])
    except ValueError:
        return None


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    """Yield the names of all files, folder by folder."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}".lstrip("/")
    for name in sorted(folders):
        yield from _walk(storage, f"{folder}/{name}".lstrip("/"))
