"""Looks for what does not fit together: links, files, redirects. Changes nothing.

Everything is read in batches. `manage.py check_content` prints what is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.flatpages.models import FlatPage
from django.core.files.storage import Storage, default_storage
from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html

from articles import tallies
from articles.models import (
    Article,
    Banner,
    Image,
    LiveEntry,
    NewsletterIssue,
    Promo,
    Redirect,
    Status,
)
from articles.renditions import FOLDER as RENDITIONS
from articles.renditions import PART
from newsroom.lib import lateindexes
from newsroom.lib.addresses import absolute

from .links import Addresses, internal
from .tables import Table, carried, snapshot

_BATCH = 500


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit: its kind, where to put it right, and what is wrong there.

    `where` is the desk's address of the row, else the table with its number, else a file's name.
    """

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
        yield from (Finding("wrong count", "run migrate", what) for what in tallies.wrong())
        for _model, index in lateindexes.missing(apps.get_models()):
            yield Finding("missing index", "run migrate", index.name)


def broken_links(addresses: Addresses) -> Iterator[Finding]:
    """Yield links that readers find and that lead nowhere on this site."""
    for batch in batched(_texts(), _BATCH):
        links = [(row, internal(html)) for row, html in batch]
        dead = addresses.dead(path for _row, found in links for path in found.values())
        for (model, pk), found in links:
            for written, path in found.items():
                if path in dead:
                    yield Finding("broken link", desk_address(model, pk), written)


def _texts() -> Iterator[tuple[tuple[type[Model], int], str]]:
    """Yield what readers see or soon will, each with the row at whose form it can be changed."""
    articles = Article.objects.published().values_list("pk", "body")
    live = LiveEntry.objects.visible().values_list("ticker__article", "text")
    pages = FlatPage.objects.values_list("pk", "content")
    issues = NewsletterIssue.objects.exclude(pk__in=NewsletterIssue.objects.sent())
    written: list[tuple[type[Model], QuerySet[Any, Any]]] = [
        (Article, articles),
        (Article, live),
        (FlatPage, pages),
        (NewsletterIssue, issues.values_list("pk", "intro")),
        (NewsletterIssue, issues.values_list("pk", "closing")),
    ]
    for model, rows in written:
        yield from (((model, pk), html) for pk, html in rows.order_by("pk").iterator())
    now = timezone.now()
    banners = Banner.objects.filter(ends_at__gt=now).values_list("pk", "link")
    promos = (Promo.objects.running() | Promo.objects.planned()).values_list("pk", "target")
    for model, links in ((Banner, banners), (Promo, promos)):
        for pk, link in links.order_by("pk").iterator():
            yield (model, pk), format_html('<a href="{}"></a>', link)


def desk_address(model: type[Model], pk: int) -> str:
    """Return where the desk opens a row; its table and number where it has no form."""
    try:
        view = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        return absolute(reverse(view, args=[pk]))
    except NoReverseMatch:
        return f"{model._meta.label_lower} {pk}"


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
                what = f"{row.old_path} → {_target_of(row)}"
                yield Finding("dead redirect", desk_address(Redirect, row.pk), what)


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
                yield Finding("missing file", desk_address(table.model, pk), name)


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
