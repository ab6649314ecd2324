"""The admin's menu: what an account may open, grouped by the work that it is. For adminsite.py."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import personsdesk, startpage, statistics


@dataclass(frozen=True)
class Entry:
    """A page of the menu. `add_address` leads to the form for a new row, if there is one."""

    label: str | Promise
    address: str
    add_address: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Group:
    """The pages of one kind of work."""

    name: str
    label: str | Promise
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_current(self) -> bool:
        return any(entry.is_current for entry in self.entries)


@dataclass(frozen=True)
class _Page:
    """A page that is no table: who has one of the permissions sees it."""

    label: Promise
    url: str
    permissions: tuple[str, ...]


_CALENDAR = _Page(_("Calendar"), "admin:articles_article_calendar", ("articles.view_article",))
_UPLOAD = _Page(_("Upload images"), "admin:articles_image_add", ("articles.add_image",))
_CLICKS = _Page(_("Clicks"), "admin:articles_promo_report", ("articles.view_promo_report",))
_PRECISION = _Page(
    _("How good are the rules?"),
    "admin:comments_commentrules_precision",
    ("comments.view_commentrules",),
)
_PERSONS = _Page(_("Tell or erase a person"), "admin:persons", (personsdesk.PERMISSION,))
_STATISTICS = _Page(_("Statistics"), "admin:statistics", statistics.PERMISSIONS)

# In the order of the menu. A string is a table; what no group names stands under the last one.
_GROUPS: list[tuple[str, Promise, list[str | _Page]]] = [
    (
        "texts",
        pgettext_lazy("menu", "Texts"),
        [
            "articles.article",
            _CALENDAR,
            "articles.slot",
            "articles.newsletterissue",
            "articles.banner",
            "articles.section",
            "articles.dossier",
            "articles.tag",
            "articles.author",
            "articles.agencysource",
        ],
    ),
    ("pictures", _("Pictures"), ["articles.image", _UPLOAD]),
    (
        "readers",
        _("Readers"),
        [
            "comments.comment",
            "comments.report",
            "comments.commentauthor",
            "comments.moderationaction",
            "comments.commentrules",
            "comments.sectionrules",
            _PRECISION,
            "articles.subscription",
            "articles.zerohit",
            _PERSONS,
        ],
    ),
    (
        "jobs",
        _("Jobs"),
        ["jobs.job", "jobs.employer", "jobs.jobsource", "jobs.sourcerun", "jobs.action"],
    ),
    ("promos", pgettext_lazy("menu", "Promos"), ["articles.promo", _CLICKS]),
    ("numbers", _("Statistics"), [_STATISTICS]),
    (
        "site",
        pgettext_lazy("menu", "Site"),
        [
            "newsroom.sitesettings",
            "newsroom.user",
            "auth.group",
            "flatpages.flatpage",
            "articles.redirect",
            "articles.missingpath",
            "newsroom.message",
        ],
    ),
]
# Whose queue stands first in which group.
_QUEUES = {"readers": "comments", "jobs": "jobs"}


def menu(request: HttpRequest, apps: list[dict[str, Any]]) -> list[Group]:
    """Return the groups that hold anything for this account. No query of its own.

    `apps` is what AdminSite.get_app_list returns. Current is the entry whose address is the longest
    beginning of the request's.
    """
    tables = {
        f"{app['app_label']}.{model['model']._meta.model_name}": model
        for app in apps
        for model in app["models"]
    }
    groups = [
        (name, label, list(_entries(name, wanted, tables, request.user)))
        for name, label, wanted in _GROUPS
    ]
    groups[-1][2].extend(entry for model in tables.values() for entry in _table(model))
    addresses = [entry.address for _name, _label, entries in groups for entry in entries]
    current = max((a for a in addresses if request.path.startswith(a)), key=len, default="")
    return [
        Group(name, label, [_marked(entry, current) for entry in entries])
        for name, label, entries in groups
        if entries
    ]


def _entries(
    group: str, wanted: list[str | _Page], tables: dict[str, dict[str, Any]], user: Any
) -> Iterator[Entry]:
    """Yield a group's pages in order, and take its tables out of `tables`."""
    if (name := _QUEUES.get(group)) and user.has_perm(startpage.QUEUES[name].permission):
        yield Entry(startpage.QUEUES[name].title, startpage.QUEUES[name].start)
    for item in wanted:
        if isinstance(item, _Page):
            if any(user.has_perm(permission) for permission in item.permissions):
                yield Entry(item.label, reverse(item.url))
        elif model := tables.pop(item, None):
            yield from _table(model)


def _table(model: dict[str, Any]) -> Iterator[Entry]:
    if address := model["admin_url"]:
        yield Entry(model["name"], address, model["add_url"] or "")


def _marked(entry: Entry, current: str) -> Entry:
    if entry.address != current:
        return entry
    return Entry(entry.label, entry.address, entry.add_address, is_current=True)
