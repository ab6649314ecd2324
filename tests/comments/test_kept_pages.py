"""Kept pages of articles tell of comments and jobs as they are now."""

from datetime import UTC, datetime, timedelta
from datetime import time as clock

import pytest
from django.utils import timezone

from comments import block, moderation
from comments.models import CommentRules, SectionRules
from comments.upcoming import next_turn
from jobs import moderation as jobs
from jobs.upcoming import next_end
from tests.factories import make_article
from tests.jobs.makers import desk, make_pending
from tests.wsgi import ask

from .conftest import decided, write

pytestmark = pytest.mark.django_db


def test_a_decision_on_a_comment_shows_at_once(door, committed, moderator):
    with committed():
        article = make_article()
        comment = write(article, "Seen from the bridge.", address="ann@example.org")
    path = article.get_absolute_url()
    assert [ask(door, path).way for _ in range(2)] == ["miss", "hit"]
    for to, is_shown in (("approved", True), ("rejected", False), ("approved", True)):
        with committed():
            decided(comment, to, moderator)
        assert ("Seen from the bridge." in ask(door, path).text) is is_shown
        assert ask(door, path).way == "hit"
    with committed():
        moderation.erase("ann@example.org")
    assert "Seen from the bridge." not in ask(door, path).text


def test_a_job_beside_an_article_comes_at_once_and_goes_the_second_it_ends(
    door, committed, time_machine
):
    now = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
    time_machine.move_to(now, tick=False)
    with committed():
        article = make_article(tags=["Robots"])
        job = make_pending(title="Robot keeper (m/f/d)", days=1)
    path = article.get_absolute_url()
    assert "Robot keeper" not in ask(door, path).text
    with committed():
        job = jobs.approve(job, by=desk())
    assert "Robot keeper" in ask(door, path).text
    time_machine.move_to(job.valid_through - timedelta(seconds=2), tick=False)
    assert "Robot keeper" in ask(door, path).text
    assert ask(door, path).way == "hit"
    time_machine.move_to(job.valid_through, tick=False)
    assert "Robot keeper" not in ask(door, path).text


def test_the_page_and_the_feeds_of_comments_tell_a_decision_at_once(door, committed, moderator):
    with committed():
        article = make_article()
        comment = write(article, "Seen from the bridge.")
    thread = block.comments_url(article)
    paths = [thread, f"{thread}?comment={comment.pk}&x=1", f"{thread}feed/", "/comments/feed/"]
    for path in paths:
        ask(door, path)
    for to, is_shown in (("approved", True), ("rejected", False)):
        with committed():
            decided(comment, to, moderator)
        for path in paths:
            # A comment that nobody may see leads to the article.
            first = ask(door, path)
            assert ("Seen from the bridge." in first.text) is is_shown, path
            assert ask(door, path).way == ("hit" if first.status == 200 else "")


def test_the_form_goes_the_second_comments_close(door, committed, time_machine):
    time_machine.move_to("2026-03-02 09:10:00+00:00", tick=False)
    with committed():
        CommentRules.objects.create(pk=1, closes_after_days=1)
        article = make_article(at=timezone.now() - timedelta(days=1) + timedelta(minutes=5))
    paths = [article.get_absolute_url(), block.comments_url(article)]
    for path in paths:
        assert [ask(door, path).way for _twice in range(2)] == ["miss", "hit"]
        assert 'name="body"' in ask(door, path).text
    time_machine.shift(299)
    assert [ask(door, path).way for path in paths] == ["hit", "hit"]
    time_machine.shift(1)
    for path in paths:
        assert 'name="body"' not in ask(door, path).text


def test_when_comments_open_and_close(rules, time_machine):
    now = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)  # 10:10 in Berlin
    time_machine.move_to(now, tick=False)
    article = make_article()
    keys = {f"comments:{article.pk}", f"article:{article.pk}"}
    assert next_turn(now, keys) == now + timedelta(days=30)
    assert next_turn(now, {f"article:{article.pk}", "comments:9999"}) is None
    SectionRules.objects.create(section=article.section, closes_after_days=2)
    assert next_turn(now, keys) == now + timedelta(days=2)
    assert next_turn(now + timedelta(days=2), keys) is None
    rules.duty_from, rules.duty_until = clock(22), clock(10, 30)
    rules.save()
    assert next_turn(now, keys) == now + timedelta(days=2)
    rules.closed_off_duty = True
    rules.save()
    assert next_turn(now, keys) == now + timedelta(minutes=20)
    assert next_turn(now + timedelta(minutes=20), keys) == datetime(2026, 3, 2, 21, tzinfo=UTC)
    assert next_turn(now + timedelta(hours=12), keys) == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


def test_pages_of_jobs_tell_each_change_at_once(door, committed, time_machine):
    time_machine.move_to("2026-03-02 09:10:00+00:00", tick=False)
    with committed():
        job = jobs.approve(make_pending(title="Robot keeper (m/f/d)", days=1), by=desk())
    page = job.get_absolute_url()
    lists = ["/jobs/", "/jobs/?q=robot&utm=1", "/jobs/feed/", "/jobs/feed.json", "/jobs/feed.xml"]
    paths = [page, *lists, "/jobs/sitemap.xml"]
    for path in paths:
        assert [ask(door, path).way for _twice in range(2)] == ["miss", "hit"], path
    for path in [page, *lists]:
        assert "Robot keeper" in ask(door, path).text, path
    with committed():
        jobs.take_down(job, by=desk(), reason="misleading")
    assert ask(door, page).status == 410
    for path in lists:
        assert "Robot keeper" not in ask(door, path).text, path
    with committed():
        jobs.reinstate(job, by=desk(), reason="misleading")
        jobs.feature(job, by=desk(), until=timezone.now() + timedelta(hours=1), is_paid=True)
    assert next_end(timezone.now(), {"jobs"}) == timezone.now() + timedelta(hours=1)
    time_machine.shift(24 * 3600)
    for path in lists:
        assert "Robot keeper" not in ask(door, path).text, path
    assert ask(door, page).status == 410
