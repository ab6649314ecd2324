"""Kept pages of articles tell of comments and jobs as they are now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import moderation
from jobs import moderation as jobs
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
