"""The paper itself: people, settings, pictures, sections, legal pages, dossiers."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.db import models, transaction
from tqdm import tqdm

from articles import images
from articles.models import Author, Dossier, Image, Section
from newsroom import roles
from newsroom.lib import logos
from newsroom.lib.slugs import make_slug
from newsroom.models import SiteSettings, User

from . import pictures, texts
from .memory import Memory

# For everybody to read: the command refuses to run outside of development.
PASSWORD = "newsroom-demo"  # noqa: S105

ACCOUNTS = {
    "chief": roles.CHIEF,
    "editor": roles.EDITOR,
    "reporter": roles.REPORTER,
    "moderator": roles.MODERATOR,
    "jobs": roles.JOB_DESK,
    "commercial": roles.COMMERCIAL,
}


def build(language: str, memory: Memory) -> None:
    """Build all of it; what is there already, built earlier or by somebody else, stays as it is."""
    paper = texts.newsroom(language)
    _settings({**paper["site"], **_logo(language)}, memory)
    _legal_pages(language, memory)
    for login, name in paper["accounts"].items():
        _account(memory, login, name)
    for key in tqdm(paper["pictures"], desc="Drawing", unit="picture", disable=None, leave=False):
        _picture(memory, key, paper)
    for position, values in enumerate(paper["sections"]):
        values = {**values, "position": (position + 1) * 10}
        _row(memory, "section", values["slug"], Section, slug=values.pop("slug"), defaults=values)
    for values in paper["authors"]:
        _author(memory, dict(values))
    for values in paper["dossiers"]:
        values = {**values, "image_id": memory.id_of("picture", values["image"])}
        del values["image"]
        _row(memory, "dossier", values["slug"], Dossier, slug=values.pop("slug"), defaults=values)


def _settings(values: dict[str, Any], memory: Memory) -> None:
    site, is_new = SiteSettings.objects.get_or_create(pk=1, defaults=values)
    if is_new:
        memory.remember("settings", [("1", site)])


def _logo(language: str) -> dict[str, Any]:
    """Return the settings of the paper's logo; without one its name stands in the head."""
    drawing = texts.logo(language)
    if drawing is None:
        return {}
    logo = logos.read(drawing)
    return {
        "logo": logo.data,
        "logo_file": logo.file_name,
        "logo_width": logo.width,
        "logo_height": logo.height,
    }


def _legal_pages(language: str, memory: Memory) -> None:
    """Fill the legal pages that do not exist or are empty."""
    for url, title, content in texts.legal_pages(language):
        page = FlatPage.objects.filter(url=url).first() or FlatPage(url=url)
        if page.content:
            continue
        page.title, page.content = title, content
        with transaction.atomic():
            page.save()
            page.sites.add(Site.objects.get_current())
            memory.remember("page", [(url, page)])


def _account(memory: Memory, login: str, name: str) -> None:
    first, _space, last = name.rpartition(" ")

    def make() -> User:
        user, is_new = User.objects.get_or_create(
            username=login,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": f"{login}@{texts.DOMAIN}",
                "is_staff": True,
                "password": make_password(PASSWORD),
            },
        )
        if is_new:
            user.groups.add(Group.objects.get(name=ACCOUNTS[login]))
        return user

    _once(memory, "account", login, make)


def _picture(memory: Memory, key: str, paper: dict[str, Any]) -> None:
    values = {"credit": paper["credit"], "license": paper["license"], **paper["pictures"][key]}
    focal = tuple(values.pop("focal", (0.5, 0.5)))

    def make() -> Image:
        return images.store(pictures.draw(key), by=None, focal=focal, **values)

    _once(memory, "picture", key, make)


def _author(memory: Memory, values: dict[str, Any]) -> None:
    account = memory.find("account", values.pop("account", ""))
    if account and not Author.objects.filter(user=account).exists():
        values["user_id"] = account
    values["portrait_id"] = memory.find("picture", values.pop("portrait", ""))
    slug = make_slug(values["name"])
    _row(memory, "author", slug, Author, slug=slug, defaults=values)


def _row(
    memory: Memory,
    kind: str,
    key: str,
    model: type[models.Model],
    *,
    slug: str,
    defaults: dict[str, Any],
) -> None:
    def make() -> models.Model:
        return model._default_manager.get_or_create(slug=slug, defaults=defaults)[0]

    _once(memory, kind, key, make)


def _once(memory: Memory, kind: str, key: str, make: Callable[[], models.Model]) -> None:
    if memory.find(kind, key) is None:
        with transaction.atomic():
            memory.remember(kind, [(key, make())])
