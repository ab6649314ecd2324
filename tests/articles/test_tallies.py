"""Counts of months and topics: exact after every change, and what readers see at this moment."""

from collections import Counter
from datetime import timedelta
from threading import Event, Thread

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from articles import tallies, topics, workflow
from articles.models import (
    Article,
    MonthTally,
    Revision,
    Status,
    Tag,
    TopicTally,
    WorkflowEntry,
    month_of,
)
from newsroom.archive.checking import check
from newsroom.tick import run_once
from tests.factories import UserFactory, make_article, make_content

pytestmark = pytest.mark.django_db


def honest_months():
    found = Counter(Article.objects.visible().values_list("month", flat=True))
    return sorted(found.items())


def honest_topics():
    return Counter(
        Article.objects.visible()
        .filter(tagged_items__isnull=False)
        .values_list("tagged_items__tag", flat=True)
    )


def honest_sitemap():
    found: dict = {}
    for row in Article.objects.visible().filter(canonical_url=""):
        count, changed = found.get(row.month, (0, row.published_at))
        found[row.month] = (count + 1, max(changed, row.published_at, row.updated_at or changed))
    return [(month, *found[month]) for month in sorted(found, reverse=True)]


def check_all():
    assert tallies.of_months() == honest_months()
    assert tallies.of_topics() == honest_topics()
    assert tallies.of_sitemap() == honest_sitemap()
    assert list(tallies.wrong()) == []


@pytest.fixture
def chief():
    return UserFactory(role="Chief editor", is_superuser=True)


def rewrite(article, by, **changes):
    article.refresh_from_db()
    workflow.save_draft(article, {**article.head.content, **changes}, by=by, base=article.head)
    article.refresh_from_db()


def test_counts_after_every_verb(chief):
    make_article(tags=["River"])
    article = make_article(status=Status.DRAFT, tags=["River", "Town"])
    check_all()
    before = (tallies.of_months(), tallies.of_topics())
    workflow.publish(article, by=chief)
    check_all()
    assert (tallies.of_months(), tallies.of_topics()) != before
    rewrite(article, chief, tags=["Town", "Bridge"])
    check_all()
    workflow.publish(article, by=chief)
    check_all()
    rewrite(article, chief, canonical_url="https://example.org/original")
    workflow.publish(article, by=chief)
    check_all()
    assert sum(count for _month, count, _at in tallies.of_sitemap()) == 1
    workflow.correct(article, by=chief, kind="correction", text="It was Tuesday.")
    check_all()
    workflow.withdraw(article, by=chief, reason="Wrong")
    check_all()
    assert [count for _month, count in tallies.of_months()] == [1]
    workflow.reinstate(article, by=chief, reason="Right")
    check_all()
    topics.merge(Tag.objects.filter(name="Town"), Tag.objects.get(name="River"), by=chief)
    check_all()
    assert tallies.of_topics()[Tag.objects.get(name="River").pk] == 2
    Tag.objects.get(name="Bridge").delete()
    check_all()
    Article.objects.filter(pk=article.pk).update(month=month_of(timezone.now() - timedelta(99)))
    check_all()
    workflow.withdraw(article, by=chief, reason="Wrong")
    article.tagged_items.all().delete()
    check_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["publish", "withdraw"])
def test_a_topic_is_merged_while_its_article_changes(chief, verb):
    make_article(tags=["River"])
    status = Status.DRAFT if verb == "publish" else Status.PUBLISHED
    article = make_article(status=status, tags=["Stream"])
    is_merged, may_commit = Event(), Event()
    failed = []

    def merge():
        try:
            with transaction.atomic():
                gone, kept = Tag.objects.get(name="Stream"), Tag.objects.get(name="River")
                topics.merge([gone], kept, by=chief)
                is_merged.set()
                may_commit.wait(10)
        except Exception as error:
            failed.append(error)
        finally:
            is_merged.set()
            connections.close_all()

    def change():
        try:
            if verb == "publish":
                workflow.publish(article, by=chief)
            else:
                workflow.withdraw(article, by=chief, reason="Wrong")
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    merging, changing = Thread(target=merge), Thread(target=change)
    merging.start()
    is_merged.wait(10)
    changing.start()
    changing.join(1)  # as far as it comes while the merge is not committed
    may_commit.set()
    merging.join()
    changing.join()
    assert failed == []
    article.refresh_from_db()
    assert article.status == (Status.PUBLISHED if verb == "publish" else Status.WITHDRAWN)
    assert list(article.tags.names()) == ["River"]
    check_all()


def test_time_alone_shows_and_hides(chief):
    now = timezone.now()
    before = now - timedelta(minutes=1)
    shown = make_article(tags=["River"], at=before)
    ending = make_article(tags=["River", "Town"], at=before)
    Article.objects.filter(pk=ending.pk).update(expires_at=now + timedelta(hours=2))
    held = make_article(tags=["Town"], at=before)
    Article.objects.filter(pk=held.pk).update(embargo_until=now + timedelta(hours=3))
    coming = make_article(status=Status.DRAFT, tags=["River"])
    workflow.publish(coming, by=chief, at=now + timedelta(hours=1))
    river = shown.tags.get().pk
    assert honest_topics()[river] == 2
    seen = []
    for hours in (0, 1.5, 2.5, 3.5):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            check_all()
            months = sum(count for _month, count in tallies.of_months())
            seen.append((months, tallies.of_topics()[river]))
    assert seen == [(2, 2), (3, 3), (2, 2), (3, 2)]
    workflow.unschedule(coming, by=chief)
    check_all()


def test_texts_from_elsewhere_are_counted_and_deleted_ones_no_more():
    moment = timezone.now() - timedelta(days=40)
    section = make_article(tags=["River"]).section
    placed = workflow.place(
        [
            workflow.Placement(
                make_content(section=section.pk, tags=["River", f"Topic {n % 3}"], slug=f"t-{n}"),
                Status.PUBLISHED if n % 4 else Status.DRAFT,
                published_at=moment - timedelta(days=n) if n % 4 else None,
            )
            for n in range(40)
        ]
    )
    check_all()
    assert sum(count for _month, count in tallies.of_months()) == 31
    gone = [article.pk for article in placed[:9]]
    WorkflowEntry.objects.filter(article__in=gone).delete()
    Article.objects.filter(pk__in=gone).update(head=None, live=None)
    Revision.objects.filter(article__in=gone).delete()
    Article.objects.filter(pk__in=gone).delete()
    check_all()
    assert sum(count for _month, count in tallies.of_months()) == 25


def test_what_was_rolled_back_is_not_counted(chief):
    article = make_article(status=Status.DRAFT, tags=["River"])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        workflow.publish(article, by=chief)
        raise ZeroDivisionError
    check_all()
    assert tallies.of_months() == []


def test_many_rows_are_added_up_by_tick(chief, monkeypatch):
    monkeypatch.setattr(tallies, "_MANY", 3)
    article = make_article(tags=["River", "Town"])
    make_article(tags=["River"])
    for _turn in range(3):
        workflow.withdraw(article, by=chief, reason="Wrong")
        workflow.reinstate(article, by=chief, reason="Right")
    before = (tallies.of_months(), tallies.of_topics(), tallies.of_sitemap())
    run_once()
    assert (MonthTally.objects.count(), TopicTally.objects.count()) == (1, 2)
    assert (tallies.of_months(), tallies.of_topics(), tallies.of_sitemap()) == before
    check_all()
    assert tallies.fold() == 0


def test_without_tallies_everything_is_counted():
    make_article(tags=["River"])
    written = (tallies.of_months(), tallies.of_topics(), tallies.of_sitemap())
    MonthTally.objects.all().delete()
    TopicTally.objects.all().delete()
    assert (tallies.of_months(), tallies.of_topics(), tallies.of_sitemap()) == written


def test_a_wrong_count_is_found_and_put_right_by_migrate():
    make_article(tags=["River"])
    assert [finding for finding in check() if finding.kind == "wrong count"] == []
    MonthTally.objects.update(articles=7)
    (finding,) = [finding for finding in check() if finding.kind == "wrong count"]
    assert "7 instead of 1" in finding.what
    call_command("migrate", verbosity=0)
    check_all()
