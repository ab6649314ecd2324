"""Killed in the background work: every scheduled update and every mail is done, and done once."""

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from django.core.cache import cache
from django.utils import timezone

from articles import alerts, workflow
from articles.alerts import links, scopes
from articles.models import Announcement, Article, Section, Subscriber, WorkflowEntry
from newsroom import tick
from newsroom.models import Message, TickRun

from ..factories import SectionFactory, UserFactory, make_content, make_draft
from .consistency import assert_consistent
from .killing import Run, kill_at_work, run

pytestmark = pytest.mark.django_db(transaction=True)
READERS, UPDATED = 3, 1


@pytest.fixture
def desk(mail_server):
    """Texts that readers see, and readers who follow their section."""
    cache.clear()
    section, chief = SectionFactory(), UserFactory(is_superuser=True)
    for number in range(UPDATED):
        workflow.publish(make_draft(section=section.pk, headline=f"Text {number}"), by=chief)
    tick.run_once()
    for number in range(READERS):
        follow(f"reader{number}@example.org", section)
    return section, chief


def follow(address: str, section: Section) -> None:
    choice = scopes.Choice("section", section.pk, section.name)
    alerts.ask(address, [choice], frequency=0, page="/", language="en", network="")
    alerts.confirm(links.confirm_path(Subscriber.objects.get(address=address)).split("/")[3])


def test_killed_ticks_do_everything_once(desk, mail_server):
    section, chief = desk
    versions, killed = count(1), count()

    def prepare():
        """A new text to tell of, and updates whose time has come."""
        version = next(versions)
        workflow.publish(make_draft(section=section.pk, headline=f"New {version}"), by=chief)
        at = timezone.now() + timedelta(hours=1)
        for article in Article.objects.filter(headline__startswith="Text"):
            values = make_content(section=section.pk, headline=f"Text {article.pk}.{version}")
            saved = workflow.save_draft(article, values, by=chief, base=article.head)
            workflow.publish(article, by=chief, at=at)
            article.revisions.filter(pk=saved.pk).update(publish_at=timezone.now())

    def work(_confirm):
        assert tick.run_once()

    def look(done: Run):
        assert_consistent()
        # What the mail server took was confirmed to us: nobody gets more than the kills explain.
        repeats = sum(n - 1 for n in mail_server.message_ids().values())
        assert repeats <= (next(killed) if done.is_killed else 10**6)

    kill_at_work(work, look, prepare=prepare)
    # The leases of the dead run out.
    Message.objects.open().update(due_at=timezone.now())
    run(work)

    updates = WorkflowEntry.objects.filter(verb="publish").exclude(revision__number=1)
    times = Counter(updates.values_list("revision", flat=True))
    assert set(times.values()) == {1}
    articles = Article.objects.filter(headline__startswith="Text")
    assert all(article.live_id == article.head_id for article in articles)
    assert TickRun.objects.get().failed_jobs == ""
    told = Announcement.objects.filter(article__headline__startswith="New")
    assert all(row.told_at and row.mails == READERS for row in told)
    messages = Message.objects.filter(kind="alert")
    assert messages.count() == READERS * told.count() == READERS * (next(versions) - 1)
    ids = set(Message.objects.values_list("message_id", flat=True))
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert set(mail_server.message_ids()) == ids
