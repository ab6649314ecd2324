"""The pages to look at: each kind that readers have, each screen of the desk as who works there.

Run in the environment of a demo (`python -m tests.audit.screens`); prints them as JSON: the
accounts' password, and each screen (site.Screen).
"""

import json
from collections.abc import Iterator
from contextlib import suppress

import django

django.setup()

from django.contrib import admin  # noqa: E402 - after setup
from django.db.models import Count, F  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import NoReverseMatch, URLPattern, reverse  # noqa: E402

from articles.models import (  # noqa: E402
    Article,
    NewsletterIssue,
    Promo,
    Section,
    Tag,
)
from newsroom.demo.house import ACCOUNTS, PASSWORD  # noqa: E402
from newsroom.models import User  # noqa: E402
from newsroom.startpage import QUEUES  # noqa: E402

from .readers import readers  # noqa: E402
from .site import Screen  # noqa: E402

# Pages of Django's admin that are no screens of their own.
_LEFT_OUT = {"logout", "jsi18n", "autocomplete", "view_on_site", "password_change_done"}


def desk() -> Iterator[Screen]:
    """Yield the start page of each account, and each screen as the first who may open it."""
    clients = {}
    for account in ACCOUNTS:
        clients[account] = Client(headers={"host": "127.0.0.1"})
        clients[account].force_login(
            User.objects.get(username=account), "django.contrib.auth.backends.ModelBackend"
        )
        yield Screen(f"desk-start-{account}", "/admin/", account)
    for name, path in sorted(_desk_paths().items()):
        for account, client in clients.items():
            answer = client.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield Screen(f"desk-{name}", path, account)
                break


def faces() -> Iterator[Screen]:
    """Yield screens that look otherwise for another account, row or address."""
    edit, table = "admin:articles_article_change", "admin:articles_%s_changelist"
    states = {article.status: article.pk for article in Article.objects.order_by("-pk")}
    for status, pk in sorted(states.items()):
        yield Screen(f"desk-article-{status}", reverse(edit, args=[pk]), "chief")
        yield Screen(f"desk-article-{status}-reporter", reverse(edit, args=[pk]), "reporter")
    changed = Article.objects.published().exclude(head=F("live")).first()
    yield Screen("desk-article-changed", reverse(edit, args=[changed.pk]), "editor")
    yield Screen(
        "desk-article-scheduled",
        reverse(edit, args=[Article.objects.scheduled().first().pk]),
        "editor",
    )
    yield Screen("desk-articles-reporter", reverse(table % "article"), "reporter")
    for model in ("article", "image", "promo"):
        yield Screen(f"desk-{model}s-nothing", f"{reverse(table % model)}?q=xqzvw", "chief")
    for model, account in ((Promo, "commercial"), (Tag, "chief"), (Section, "chief")):
        name, row = model._meta.model_name, model.objects.first()
        for page in ("delete", "history"):
            yield Screen(
                f"desk-{name}-{page}",
                reverse(f"admin:articles_{name}_{page}", args=[row.pk]),
                account,
            )
    someone = User.objects.get(username="reporter")
    yield Screen(
        "desk-password-of", reverse("admin:auth_user_password_change", args=[someone.pk]), "chief"
    )
    for app, account in (("articles", "chief"), ("newsroom", "chief"), ("jobs", "jobs")):
        yield Screen(f"desk-tables-{app}", reverse("admin:app_list", args=[app]), account)
    for account, queue in (("moderator", "comments"), ("jobs", "jobs")):
        for tab in QUEUES[queue].tabs[1:]:
            yield Screen(f"desk-{queue}-queue-{tab.name}", QUEUES[queue].address(tab), account)
    yield Screen("desk-not-found", "/admin/nothing/", "chief")
    yield Screen("desk-refused", reverse("admin:newsroom_user_changelist"), "reporter")


def _desk_paths() -> dict[str, str]:
    """Return the addresses of the desk that need no argument, and a row of each table."""
    paths = {}
    for pattern in _flat(admin.site.get_urls()):
        if pattern.name and pattern.name not in _LEFT_OUT:
            with suppress(NoReverseMatch):  # it needs an argument
                paths[pattern.name] = reverse(f"admin:{pattern.name}")
    for model in admin.site._registry:
        row = model._default_manager.order_by("-pk").first()
        if row is not None:
            label = f"{model._meta.app_label}_{model._meta.model_name}"
            pages = ["change", *["history"] * (model is Article)]  # it looks the same everywhere
            for page in pages:
                paths[f"{label}_{page}"] = reverse(f"admin:{label}_{page}", args=[row.pk])
    paths.pop("index", None)
    return paths | _asked_paths()


def _asked_paths() -> dict[str, str]:
    """Return the desk's addresses that need an argument, and those with another face for one."""
    told = Article.objects.alias(saved=Count("revisions")).filter(saved__gt=1).first()
    shown = Article.objects.visible().first()
    rows = {
        "articles_article_compare": told,
        "articles_article_links": told,
        "articles_article_preview": told,
        "articles_article_related": shown,
        "articles_article_live": Article.objects.filter(live_ticker__isnull=False).first(),
        "articles_newsletterissue_preview": NewsletterIssue.objects.first(),
        "articles_promo_why": shown,
    }
    paths = {name: reverse(f"admin:{name}", args=[row.pk]) for name, row in rows.items()}
    agency = Article.objects.filter(agency_entry__isnull=False).first()
    return paths | {
        "articles_article_compare-inline": f"{paths['articles_article_compare']}?view=inline",
        "articles_article_change-agency": reverse(
            "admin:articles_article_change", args=[agency.pk]
        ),
        "articles_article_calendar-week": reverse("admin:articles_article_calendar")
        + "?scale=week",
        "articles_slot_arrange": reverse("admin:articles_slot_arrange", args=["home"]),
        "statistics-months": f"{reverse('admin:statistics')}?span=months",
    }


def _flat(patterns: list) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _flat(pattern.url_patterns)


if __name__ == "__main__":
    print(json.dumps({"password": PASSWORD, "screens": [*readers(), *desk(), *faces()]}))  # noqa: T201
