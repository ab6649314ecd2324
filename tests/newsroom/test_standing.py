"""What a process remembers of every page: right after every change, whoever makes it."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Banner, Image, Promo, PromoTarget, Section
from articles.shelves import Shelves
from comments.models import CommentRules
from newsroom import standing
from newsroom.models import SiteSettings, StandingVersion
from newsroom.models.standing import Reading
from tests.factories import ImageFactory, PromoFactory, SectionFactory, make_article

ROOT = Path(__file__).resolve().parents[2]


def word() -> str:
    return StandingVersion.objects.get().word


@pytest.mark.django_db
def test_every_change_of_a_watched_table_is_a_new_word():
    picture = ImageFactory()
    promo, section = PromoFactory(image=picture), SectionFactory()
    later = timezone.now() + timedelta(hours=1)
    banner = Banner.objects.create(text="Storm", ends_at=later)
    changes = {
        SiteSettings: lambda: SiteSettings.objects.create(name="Changed"),
        Section: lambda: Section.objects.filter(pk=section.pk).update(name="Changed"),
        Banner: lambda: Banner.objects.filter(pk=banner.pk).update(text="Changed"),
        Banner.sections.through: lambda: banner.sections.add(section),
        Promo: lambda: Promo.objects.filter(pk=promo.pk).update(title="Changed"),
        PromoTarget: lambda: PromoTarget.objects.create(promo=promo, section=section),
        Image: lambda: Image.objects.filter(pk=picture.pk).update(alt="Changed"),
        CommentRules: lambda: CommentRules.objects.create(answer_goal=7),
    }
    assert set(changes) == {model for model, _condition in standing.WATCHED}
    for model, change in changes.items():
        before = word()
        change()
        assert word() != before, model
    before = word()
    banner.sections.clear()
    assert word() != before


@pytest.mark.django_db
def test_a_picture_that_stands_on_no_promo_changes_nothing():
    picture = ImageFactory()
    before = word()
    Image.objects.filter(pk=picture.pk).update(alt="Changed")
    assert word() == before


@pytest.mark.django_db
def test_sections_are_read_once_until_one_changes(django_assert_num_queries):
    section = SectionFactory(name="Before")
    with Reading():
        Shelves.load()
    with django_assert_num_queries(1, is_warm=True), Reading():
        assert Shelves.load().find(section.slug).name == "Before"
        Shelves.load()
    Section.objects.filter(pk=section.pk).update(name="After")
    with django_assert_num_queries(2), Reading():
        assert Shelves.load().find(section.slug).name == "After"


@pytest.mark.django_db
def test_what_was_rolled_back_is_forgotten():
    section = SectionFactory(name="Before")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Section.objects.filter(pk=section.pk).update(name="Never")
        with Reading():
            assert Shelves.load().find(section.slug).name == "Never"
        raise ZeroDivisionError
    with Reading():
        assert Shelves.load().find(section.slug).name == "Before"


@pytest.mark.django_db
def test_a_banner_goes_up_and_comes_down_by_the_clock(client, time_machine):
    time_machine.move_to("2026-03-02 12:00:00+00:00", tick=False)
    now = timezone.now()
    SectionFactory()
    hour = timedelta(hours=1)
    Banner.objects.create(text="Storm ahead", starts_at=now + hour, ends_at=now + 2 * hour)
    for shown in (False, True, False):
        assert (b"Storm ahead" in client.get("/").content) is shown
        assert (b"Storm ahead" in client.get("/").content) is shown
        time_machine.shift(hour)


@pytest.mark.django_db
def test_nothing_is_remembered_where_something_may_be_changed(django_assert_num_queries):
    SectionFactory()
    with django_assert_num_queries(2):
        Shelves.load()
        Shelves.load()


@pytest.mark.django_db
def test_without_a_word_nothing_is_remembered():
    section = SectionFactory(name="Before")
    with Reading():
        Shelves.load()
    standing.forget_before_migrate(using="default")
    Section.objects.filter(pk=section.pk).update(name="After")
    assert not StandingVersion.objects.exists()
    with Reading():
        assert Shelves.load().find(section.slug).name == "After"
    standing.watch_after_migrate(using="default")
    before = word()
    Section.objects.filter(pk=section.pk).update(name="Later")
    assert word() != before


@pytest.mark.django_db(transaction=True)
def test_a_change_of_another_process_is_on_the_next_page(client, tmp_path):
    section = SectionFactory(name="Old name")
    article = make_article(section=section.pk)
    for _turn in range(2):
        assert b"Old name" in client.get(article.get_absolute_url()).content
    change = (
        "import django; django.setup(); from articles.models import Section;"
        f"Section.objects.filter(pk={section.pk}).update(name='New name')"
    )
    connection.close()
    subprocess.run(
        [sys.executable, "-c", change],
        cwd=ROOT,
        check=True,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.readersettings",
            "READER_DATABASE": str(connection.settings_dict["NAME"]),
            "READER_PAGES": str(tmp_path),
        },
    )
    page = client.get(article.get_absolute_url()).content
    assert b"New name" in page
    assert b"Old name" not in page


@pytest.mark.django_db(transaction=True)
def test_a_change_while_the_triggers_go_leaves_no_word():
    SiteSettings.objects.create(pk=1, name="Before")

    def change(execute, sql, *rest):
        if sql.startswith("DROP TRIGGER") and not changed:
            changed.append(sql)
            SiteSettings.objects.update(name="Changed by another process")
        return execute(sql, *rest)

    changed: list[str] = []
    with connection.execute_wrapper(change):
        standing.forget_before_migrate(using="default")
    left = StandingVersion.objects.count()
    standing.watch_after_migrate(using="default")
    assert changed and left == 0
