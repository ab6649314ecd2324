"""Moving out and in: what comes back is the same site, row by row and file by file."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.flatpages.models import FlatPage
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.test import override_settings
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from taggit.models import Tag as TaggitTag
from taggit.models import TaggedItem

from articles import search
from articles.models import (
    Article,
    Author,
    DigestStory,
    Image,
    LiveEntry,
    NewsletterIssue,
    Presence,
    PreviewLink,
    Promo,
    PromoChoice,
    ReadDay,
    RelatedProfile,
    Section,
    Slot,
    Subscriber,
    Tag,
)
from comments.models import Comment, SectionRules, SpamText
from jobs import findable
from newsroom.archive import exporting, manifest
from newsroom.archive.tables import LEFT_OUT, carried
from newsroom.demo.build import build
from newsroom.models import User
from newsroom.models.readers import Attempt, NetworkKey

from ..factories import SectionFactory
from . import sitedump, wxr_rules
from .othersite import OtherSite
from .wordpress.counting import counted

pytestmark = pytest.mark.django_db
VENDORS = ["sqlite"] if connection.vendor == "sqlite" else ["sqlite", "postgresql"]


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, tmp_path_factory):
    """The German demo and what it leaves out, in a media folder of its own."""
    with (
        django_db_blocker.unblock(),
        override_settings(
            DEBUG=True, LANGUAGE_CODE="de", MEDIA_ROOT=tmp_path_factory.mktemp("media")
        ),
        transaction.atomic(),
    ):
        cache.clear()
        for index in (search.INDEX, findable.INDEX):
            index.clear()  # of what tests before left: no flush knows these tables
        build()
        add_what_the_demo_lacks()
        yield
        transaction.set_rollback(True)


def add_what_the_demo_lacks():
    chief = User.objects.get(username="chief")
    TOTPDevice.objects.create(user=chief, name="phone", key="00112233445566778899")
    kind = ContentType.objects.get_for_model(Article)
    LogEntry.objects.create(user=chief, content_type=kind, object_id="1", action_flag=CHANGE)
    LogEntry.objects.create(user=chief, object_id="2", action_flag=CHANGE)
    # Left over from an earlier version: no migrate makes it today.
    gone = ContentType.objects.create(app_label="old", model="thing")
    right = Permission.objects.create(content_type=gone, codename="do_it", name="Can do it")
    Group.objects.create(name="Own").permissions.add(right)
    chief.user_permissions.add(right)
    profile = RelatedProfile.objects.first()
    profile.vector, profile.stems = bytes(range(256)), {"zebra": 0.1, "ähre": 1e-7, "a": {"c": []}}
    profile.save()
    Section.objects.get(pk=SectionFactory(slug="deleted").pk).delete()
    fill_the_empty_tables()
    fill_the_empty_columns()
    # What stays behind.
    Session.objects.create(session_key="signed-in", expire_date=timezone.now())
    AccessAttempt.objects.create(username="guessed", ip_address="192.0.2.7", failures_since_start=1)
    Attempt.objects.create(key="comment:hash-of-network", at=timezone.now())
    NetworkKey.objects.create(day=timezone.localdate(), key=b"secret of today")
    Presence.objects.create(article=Article.objects.first(), user=chief)


def fill_the_empty_tables():
    article, section, chief = Article.objects.first(), Section.objects.first(), User.objects.first()
    month = timezone.now() + timedelta(days=30)
    SpamText.objects.create(text_hash="5" * 64)
    ReadDay.objects.create(day=month.date(), count=70_000)
    SectionRules.objects.create(section=section, closes_after_days=7)
    NewsletterIssue.objects.first().sections.add(section)
    Slot.objects.first().sources.add(section)
    LiveEntry.objects.first().images.add(Image.objects.first())
    PromoChoice.objects.get_or_create(article=article, promo=Promo.objects.first())
    DigestStory.objects.create(subscriber=Subscriber.objects.first(), article=article, due_at=month)
    PreviewLink.objects.create(article=article, created_by=chief, expires_at=month)
    StaticDevice.objects.create(user=chief, name="paper").token_set.create(token="one-of-ten")
    label = TaggitTag.objects.create(name="Ünused", slug="unused")
    kind = ContentType.objects.get_for_model(Article)
    TaggedItem.objects.create(tag=label, object_id=1, content_type=kind)


def fill_the_empty_columns():
    """Give one row of each table a value in every column that is empty in all of them."""
    month = timezone.now() + timedelta(days=30)
    values = {
        models.DateTimeField: month,
        models.DateField: month.date(),
        models.TimeField: month.time(),
        models.BinaryField: b"\x89PNG\x00\xff",
    }
    for table in carried():
        for field in table.fields:
            name = field.attname
            if not field.null or table.rows().filter(**{f"{name}__isnull": False}).exists():
                continue
            if field.is_relation:
                value = field.related_model._base_manager.order_by("pk").last().pk
            else:
                value = values[type(field)]
            with suppress(IntegrityError), transaction.atomic():  # some exclude each other
                table.rows().filter(pk=table.rows().first().pk).update(**{name: value})


@pytest.fixture(scope="module")
def archive(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("moving") / "archive"
    call_command("export_site", folder)
    return folder


@pytest.fixture
def new_place(tmp_path, request):
    """Empty, migrated sites, one for each call with a kind of database."""
    made = []

    def new_place(vendor):
        made.append(OtherSite(tmp_path / f"site{len(made)}", vendor))
        made[-1].run("migrate", "-v0")
        return made[-1]

    yield new_place
    for one in made:
        one.drop()


def test_every_table_is_carried_or_left_out_with_a_reason():
    names = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    ours = [table.name for table in carried()]
    assert len(ours) == len(set(ours))
    assert set(ours) | set(LEFT_OUT) == names
    assert set(ours) & set(LEFT_OUT) == set()


def test_the_site_that_moves_has_every_kind_of_row(site):
    assert [table.name for table in carried() if not table.rows().exists()] == []


def test_no_table_stands_before_one_that_it_cannot_be_without():
    done = set()
    for table in carried():
        needed = {
            field.related_model._meta.label_lower
            for field in table.fields
            if field.is_relation and not field.null and field.related_model is not table.model
        }
        assert needed - done - set(LEFT_OUT) == set(), table.name
        done.add(table.name)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_archive_makes_the_same_site_again_and_again(site, archive, new_place, vendor, tmp_path):
    here = sitedump.lines()
    assert len(here) > 1000
    there = new_place(vendor)
    printed = there.run("import_site", archive)
    rows = sum(entry["rows"] for entry in read(archive)["tables"])
    assert printed == f"{rows} rows and 21 files are here.\n"
    assert there.dump() == here

    # And out of there: the same bytes, then back to a database of this kind.
    there.run("export_site", tmp_path / "again")
    first, second = read(archive), read(tmp_path / "again")
    assert {**second, "made_at": ""} == {**first, "made_at": ""}
    back = new_place(connection.vendor)
    back.run("import_site", tmp_path / "again")
    assert back.dump() == here


def test_an_archive_holds_accounts_but_nothing_short_lived(site, archive):
    text = "".join(path.read_text() for path in archive.glob("tables/*"))
    assert User.objects.get(username="chief").password in text
    assert "00112233445566778899" in text
    assert {path.stem for path in archive.glob("tables/*")} & set(LEFT_OUT) == set()
    for word in ("signed-in", "guessed", "192.0.2.7", "hash-of-network", "secret of today"):
        assert word not in text
    assert "password hashes" in read(archive)["notice"]
    assert (archive.stat().st_mode & 0o777) == 0o700


def test_a_site_with_a_lost_file_is_exported_without_it(site, tmp_path, settings, capsys):
    from_here = sorted((settings.MEDIA_ROOT / "originals").rglob("*.*"))
    moved = from_here[0].rename(tmp_path / "aside")
    try:
        call_command("export_site", tmp_path / "archive")
    finally:
        moved.rename(from_here[0])
    name = from_here[0].relative_to(settings.MEDIA_ROOT)
    assert f"Missing in the media folder: {name}" in capsys.readouterr().err
    assert len((tmp_path / "archive" / "media.jsonl").read_text().splitlines()) == 20


def test_wordpress_and_our_own_importer_read_the_whole_site(site, new_place, settings, tmp_path):
    path, report = tmp_path / "site.xml", tmp_path / "report.json"
    call_command("export_wordpress", path)
    assert wxr_rules.broken(path) == []
    expected = {
        "author": Author.objects.count(),
        "category": Section.objects.count(),
        "tag": Tag.objects.count(),
        "attachment": Image.objects.count(),
        "page": FlatPage.objects.count(),
        "post": Article.objects.count(),
        "comment": Comment.objects.visible().count(),
    }
    assert counted(path) == expected
    there = new_place("sqlite")
    there.run("import_wordpress", path, "--media", settings.MEDIA_ROOT, "--report", report)
    kinds = json.loads(report.read_text())["records"]
    assert {kind: kinds[kind]["in_file"] for kind in expected} == expected
    for kind in expected:
        numbers = kinds[kind]
        assert numbers["failed"] == 0, kind
        assert numbers["imported"] + numbers["skipped"] == numbers["in_file"], kind
    assert there.count("articles_article") == expected["post"]
    assert there.count("comments_comment") == expected["comment"]
    assert there.count("articles_image") == expected["attachment"]


def read(folder):
    return manifest.read(folder, exporting.KIND, exporting.FORMAT)
