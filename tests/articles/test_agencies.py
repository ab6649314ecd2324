"""Agencies' feeds: entries become drafts once; nothing is published, nothing of ours gives way."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles import agencies, workflow
from articles.models import AgencyEntry, AgencyRun, AgencySource, Article, Revision, Status
from newsroom.lib.verbs import Conflict
from newsroom.tick import JOBS
from tests.factories import AuthorFactory, SectionFactory, UserFactory, make_content

from .agencyserver import item, serve

pytestmark = pytest.mark.django_db


def counts(run):
    names = ("seen", "new", "updated", "noted", "unchanged", "skipped")
    return tuple(getattr(run, name) for name in names)


def headlines():
    return list(Article.objects.order_by("pk").values_list("headline", flat=True))


def everything():
    models = (Article, Revision, AgencyEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_entry_becomes_a_draft_with_its_source(feed_server, source):
    source.author, source.language = AuthorFactory(is_agency=True), "de"
    source.save()
    body = "<content:encoded><![CDATA[<p>Long <b>text</b>.</p>]]></content:encoded>"
    serve(feed_server, item(1, "In short.", title="A &amp;amp; B", more=body))
    run = agencies.fetch(source)
    assert (run.outcome, counts(run)) == ("done", (1, 1, 0, 0, 0, 0))
    article = Article.objects.get()
    assert (article.status, article.published_at, article.month) == (Status.DRAFT, None, None)
    assert (article.headline, article.standfirst) == ("A & B", "In short.")
    assert article.body == "<p>Long <strong>text</strong>.</p>"
    assert (article.section, article.language) == (source.section, "de")
    assert article.canonical_url == "https://wire.example/1"
    byline = article.bylines.get()
    assert (byline.author, byline.role) == (source.author, "agency")
    entry = article.agency_entry
    assert (entry.source, entry.url) == (source, "https://wire.example/1")
    assert entry.sent_at.isoformat() == "2026-06-01T10:00:00+00:00"
    assert [line.verb for line in article.log.all()] == ["create"]


def test_own_canonical_where_the_contract_says_so(feed_server, source):
    source.canonical = AgencySource.Canonical.OWN
    source.save()
    serve(feed_server, item(1))
    agencies.fetch(source)
    assert Article.objects.get().canonical_url == ""


def test_second_reading_changes_nothing(feed_server, source):
    serve(feed_server, item(2), item(1))
    agencies.fetch(source)
    assert headlines() == ["Story 1", "Story 2"]
    before = everything()
    assert counts(agencies.fetch(source)) == (2, 0, 0, 0, 2, 0)
    assert everything() == before


@pytest.mark.parametrize(
    "again",
    [
        item(1, guid="other-name"),
        item(1, guid=""),
        item(1, link="https://wire.example/moved"),
    ],
)
def test_entry_is_known_by_name_or_address(feed_server, source, again):
    serve(feed_server, item(1))
    agencies.fetch(source)
    serve(feed_server, again)
    run = agencies.fetch(source)
    assert run.new == 0
    assert Article.objects.count() == 1


def test_entries_that_share_an_address_are_two(feed_server, source):
    serve(
        feed_server,
        item(1, link="https://wire.example/live"),
        item(2, link="https://wire.example/live"),
    )
    assert agencies.fetch(source).new == 2
    assert agencies.fetch(source).new == 0


def test_same_entry_twice_in_the_feed_is_one(feed_server, source):
    serve(feed_server, item(1), item(1, "Again."))
    assert counts(agencies.fetch(source)) == (1, 1, 0, 0, 0, 0)


def test_update_of_an_untouched_draft_is_its_new_revision(feed_server, source):
    serve(feed_server, item(1))
    agencies.fetch(source)
    serve(feed_server, item(1, "New words."))
    assert counts(agencies.fetch(source)) == (1, 0, 1, 0, 0, 0)
    article = Article.objects.get()
    assert article.body == "<p>New words.</p>"
    assert [revision.number for revision in article.revisions.all()] == [2, 1]
    serve(feed_server, item(1, "Newer words."))
    assert agencies.fetch(source).updated == 1


def edit(article, user):
    values = make_content(section=article.section_id, headline="Ours")
    workflow.save_draft(article, values, by=user, base=article.head)


def autosave(article, user):
    values = make_content(section=article.section_id, headline="Ours")
    workflow.autosave(article, values, by=user, base=article.head, sitting="s")


@pytest.mark.parametrize(
    "touch",
    [
        edit,
        autosave,
        workflow.attend,
        lambda article, user: workflow.submit(article, by=user, seen=article.head),
    ],
    ids=["saved", "autosaved", "open", "submitted"],
)
def test_update_of_a_touched_draft_is_noted_and_overwrites_nothing(feed_server, source, touch):
    serve(feed_server, item(1))
    agencies.fetch(source)
    article = Article.objects.get()
    touch(article, UserFactory(role="Editor"))
    article.refresh_from_db()
    before = (article.headline, article.body, article.head_id, article.status)
    serve(feed_server, item(1, "New words."))
    assert counts(agencies.fetch(source)) == (1, 0, 0, 1, 0, 0)
    article.refresh_from_db()
    assert (article.headline, article.body, article.head_id, article.status) == before
    newer = article.agency_entry.newer
    assert (newer.kind, newer.content["body"]) == ("conflict", "<p>New words.</p>")
    assert counts(agencies.fetch(source)) == (1, 0, 0, 0, 1, 0)


def test_published_article_stays_as_it_is(feed_server, source):
    serve(feed_server, item(1))
    agencies.fetch(source)
    article = Article.objects.get()
    chief = UserFactory(is_superuser=True)
    workflow.publish(article, by=chief, seen=article.head)
    serve(feed_server, item(1, "New words."))
    assert agencies.fetch(source).noted == 1
    article.refresh_from_db()
    assert (article.body, article.has_unpublished_changes) == ("<p>Words.</p>", False)


def test_deleted_draft_does_not_come_back(feed_server, source):
    serve(feed_server, item(1))
    agencies.fetch(source)
    workflow.discard(Article.objects.get(), by=UserFactory(is_superuser=True))
    serve(feed_server, item(1, "New words."))
    assert counts(agencies.fetch(source)) == (1, 0, 0, 0, 1, 0)
    assert not Article.objects.exists()


def test_vanished_entry_changes_nothing(feed_server, source):
    serve(feed_server, item(1), item(2))
    agencies.fetch(source)
    before = everything()
    serve(feed_server, item(2))
    agencies.fetch(source)
    assert everything() == before


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((500, {}, b""), "answered 500"),
        ((304, {}, b""), "answered 304"),
        ((200, {}, b""), "is empty"),
        ((200, {}, b"<rss><channel/></rss>"), "no entry"),
        ((200, {}, b"<rss><channel><item><title>Cut"), "Line 1"),
        ((200, {}, b"<html><body>Sign in</body></html>"), "its root is <html>"),
        ((200, {}, b'{"items": 1}'), "no list"),
        ((200, {}, b'{"items": ['), "JSON is broken"),
        ((200, {}, b'<!DOCTYPE r [<!ENTITY e "x">]><rss>&e;</rss>'), "declares entities"),
        ((200, {}, b"<rss>" + b"<item/>" * 1001 + b"</rss>"), "more than 1000"),
        ((200, {}, b"x" * 10_000_001), "larger than 10"),
    ],
)  # fmt: skip
def test_bad_feed_changes_nothing_and_says_why(feed_server, source, answer, why):
    serve(feed_server, item(1))
    agencies.fetch(source)
    before = everything()
    feed_server.answer = answer
    run = agencies.fetch(source)
    assert run.outcome == "refused"
    assert why in run.message
    assert everything() == before


def test_private_address_is_not_asked(feed_server, source, settings):
    settings.FETCH_ALLOW_LOOPBACK = False
    run = agencies.fetch(source)
    assert (run.outcome, feed_server.asked) == ("refused", [])


def test_unchanged_feed_is_not_sent_again(feed_server, source):
    serve(feed_server, item(1), ETag='"1"')
    agencies.fetch(source)
    source.refresh_from_db()
    assert agencies.fetch(source).outcome == "unchanged"
    assert feed_server.asked == [None, '"1"']


def test_entry_without_words_is_skipped_and_keeps_the_others(feed_server, source):
    serve(feed_server, "<item><guid>x</guid></item>", item(1), ETag='"1"')
    run = agencies.fetch(source)
    assert counts(run) == (2, 1, 0, 0, 0, 1)
    assert run.problems == [{"entry": "x", "reason": "It has neither a title nor a text."}]
    source.refresh_from_db()
    assert source.etag == ""  # read again next time


def test_two_readings_at_a_time_are_one(feed_server, source):
    run = AgencyRun.objects.create(source=source)
    with pytest.raises(Conflict, match="at this moment"):
        agencies.fetch(source)
    run.started_at = timezone.now() - timedelta(minutes=11)
    run.save()
    serve(feed_server, item(1))
    assert agencies.fetch(source).new == 1
    run.refresh_from_db()
    assert run.outcome == "broken"


def test_tick_reads_what_is_due_and_one_broken_source_stops_no_other(feed_server, source):
    bad = {"section": SectionFactory(), "url": "http://127.0.0.1:1/"}
    AgencySource.objects.create(name="A broken one", **bad)
    AgencySource.objects.create(name="Not read", is_active=False, **bad)
    serve(feed_server, item(1))
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert JOBS["agency feeds"]() == 2
        assert headlines() == ["Story 1"]
        assert JOBS["agency feeds"]() == 0
    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        assert JOBS["agency feeds"]() == 0
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        assert JOBS["agency feeds"]() == 2
    runs = AgencyRun.objects.filter(source__name="A broken one")
    assert [run.outcome for run in runs] == ["refused", "refused"]


def test_old_readings_are_forgotten(feed_server, source):
    old = AgencyRun.objects.create(
        source=source, outcome="done", started_at=timezone.now() - timedelta(days=31)
    )
    serve(feed_server, item(1))
    agencies.fetch(source)
    assert not AgencyRun.objects.filter(pk=old.pk).exists()
