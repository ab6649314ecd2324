"""Authors: confirmed, trusted, watched, blocked; reports and appeals; what is owed to whom."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from comments import housekeeping, moderation
from comments.models import AuthorState, Comment, CommentAuthor, ModerationAction, Report
from comments.moderation import Refused, TooMany
from comments.trust import state_of
from newsroom.models import Attempt, Message
from tests.factories import make_article

from .conftest import approved, decided, visible, write

NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def record(outcomes: str, *, days: int = 30, confirmed: bool = True) -> list:
    """A record, oldest first; the last entry is `days` old."""
    at = (NOON - timedelta(days=days)).timestamp()
    return [(number, at, outcome, confirmed) for number, outcome in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([], "ok"),
        (record("aaaa"), "ok"),
        (record("aaaaa"), "trusted"),
        (record("aaaaa", confirmed=False), "ok"),
        (record("a" * 9 + "r"), "ok"),
        (record("a" * 10 + "r"), "trusted"),
        (record("r" * 5 + "a" * 20), "trusted"),
        (record("rr", days=1), "ok"),
        (record("raa", days=1), "watch"),
        (record("raaa", days=1), "ok"),
        (record("raa", days=8), "ok"),
        (record("raa", days=1, confirmed=False), "watch"),
        (record("a" * 20) + record("rrr", days=1), "watch"),
    ],
)
def test_what_a_record_says(entries, state):
    assert state_of(entries, NOON) == state


def five_approved(moderator, address: str, **values) -> Comment:
    for _ in range(5):
        Attempt.objects.all().delete()
        comment = approved(make_article(), moderator, address=address, **values)
    Attempt.objects.all().delete()
    return comment


@pytest.mark.django_db
def test_trusted_author_skips_the_queue_only_where_the_site_says_so(article, moderator, rules):
    five_approved(moderator, "a@example.org", is_confirmed=True)
    author = CommentAuthor.objects.get()
    assert (author.state, author.approved) == (AuthorState.TRUSTED, 5)
    waiting = write(article, "One", address="a@example.org", is_confirmed=True)
    assert waiting.status == "pending"
    rules.trusted_skip_queue = True
    rules.save()
    Attempt.objects.all().delete()
    comment = write(article, "Two", address="a@example.org", is_confirmed=True)
    assert comment.status == "approved"
    assert visible(article) == {comment.pk}
    line = ModerationAction.objects.get(comment=comment)
    assert (line.actor, line.rule) == (None, "trusted")
    author.refresh_from_db()
    assert len(author.record) == 5  # a rule's word proves nothing


@pytest.mark.django_db
def test_typed_address_of_a_trusted_author_skips_nothing_until_confirmed(article, moderator, rules):
    rules.trusted_skip_queue = True
    rules.save()
    five_approved(moderator, "a@example.org", is_confirmed=True)
    typed = write(article, "I am he", address="A@Example.org")
    assert (typed.status, typed.confirmed_at) == ("pending", None)
    other = write(article, "So am I")
    moderation.verify_author(typed)
    typed.refresh_from_db()
    assert typed.status == "approved"
    assert visible(article) == {typed.pk}
    moderation.verify_author(other)
    other.refresh_from_db()
    assert (other.status, other.confirmed_at is None) == ("pending", False)


@pytest.mark.django_db
def test_flagged_comment_of_a_trusted_author_waits(article, moderator, rules):
    rules.trusted_skip_queue, rules.suspect_words = True, "odd"
    rules.save()
    five_approved(moderator, "a@example.org", is_confirmed=True)
    assert write(article, "Odd", address="a@example.org", is_confirmed=True).status == "pending"


@pytest.mark.django_db
def test_unconfirmed_approvals_make_nobody_trusted_until_the_link_is_followed(moderator):
    last = five_approved(moderator, "a@example.org")
    author = CommentAuthor.objects.get()
    assert (author.state, author.verified_at, author.approved) == ("ok", None, 5)
    for comment in Comment.objects.all():
        moderation.verify_author(comment)
    moderation.verify_author(last)
    author.refresh_from_db()
    assert (author.state, author.verified_at is None) == ("trusted", False)


@pytest.mark.django_db
def test_verification_of_an_erased_comment_is_refused(article, moderator):
    comment = approved(article, moderator)
    moderation.erase(comment.author.address)
    with pytest.raises(Refused, match="gone"):
        moderation.verify_author(comment)


@pytest.mark.django_db
def test_rejections_put_an_author_under_watch(moderator):
    for number in range(3):
        Attempt.objects.all().delete()
        comment = write(make_article(), f"Word {number}", address="a@example.org")
        decided(comment, "rejected" if number == 1 else "approved", moderator)
    author = CommentAuthor.objects.get()
    assert (author.state, author.approved, author.rejected) == ("watch", 2, 1)


@pytest.mark.django_db
def test_blocked_author_is_refused_until_the_block_ends(moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        author = write(article, "One", address="a@example.org").author
        moderation.block(author, by=moderator, until=NOON + timedelta(days=1), note=" Rude ")
        author.refresh_from_db()
        assert (author.state, author.blocked_by, author.blocked_note) == (
            "blocked",
            moderator,
            "Rude",
        )
        clock.shift(timedelta(hours=23))
        with pytest.raises(Refused, match="cannot comment here"):
            write(article, "Two", address="a@example.org")
        clock.shift(timedelta(hours=1))
        write(article, "Two", address="a@example.org")
        moderation.block(author, by=moderator)
        clock.shift(timedelta(days=20))
        with pytest.raises(Refused):
            write(article, "Three", address="a@example.org")
        moderation.unblock(author, by=moderator)
        author.refresh_from_db()
        assert (author.state, author.blocked_by, author.blocked_note) == ("ok", None, "")
        write(article, "Three", address="a@example.org")


@pytest.mark.django_db
def test_decisions_do_not_lift_a_block(article, moderator):
    comment = write(article)
    moderation.block(comment.author, by=moderator)
    decided(comment, "approved", moderator)
    assert CommentAuthor.objects.get().state == "blocked"


@pytest.mark.django_db
def test_staff_and_the_past_are_not_blocked(article, moderator):
    with pytest.raises(Refused):
        moderation.block(write(article, user=moderator).author, by=moderator)
    with pytest.raises(Refused):
        moderation.block(write(article).author, by=moderator, until=NOON)


@pytest.mark.django_db
def test_report_is_taken_once_a_reader_and_ranked(article, moderator):
    comment = approved(article, moderator)
    assert moderation.report(comment, reason="insult", text=" Rude ", address="A@example.org")
    assert not moderation.report(comment, reason="hate", address="a@example.org")
    assert moderation.report(comment, reason="hate", network_hash="n1")
    assert not moderation.report(comment, reason="hate", network_hash="n1")
    comment.refresh_from_db()
    assert (comment.open_reports, comment.report_rank, comment.author.reported) == (2, 1, 2)
    assert visible(article) == {comment.pk}
    moderation.report(comment, reason="hate", address="c@example.org")
    comment.refresh_from_db()
    assert (comment.open_reports, comment.report_rank) == (3, 0)


@pytest.mark.django_db
def test_illegal_comes_first_of_the_reported(article, moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        first, second = approved(make_article(), moderator), approved(make_article(), moderator)
        moderation.report(first, reason="insult", address="a@example.org")
        clock.shift(60)
        moderation.report(second, reason="illegal", address="a@example.org")
    order = Comment.objects.reported().order_by("report_rank", "reported_at", "pk")
    assert list(order) == [second, first]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"reason": "boring"},
        {"reason": "other"},
        {"reason": "other", "text": " \u200b"},
        {"reason": "hate", "text": "x" * 1001},
    ],
)
def test_report_without_what_it_needs_is_refused(article, moderator, values):
    comment = approved(article, moderator)
    with pytest.raises(Refused):
        moderation.report(comment, **values)
    assert Report.objects.count() == 0


@pytest.mark.django_db
def test_hidden_comment_takes_no_reports_and_many_are_too_many(article, moderator):
    with pytest.raises(Refused, match="not there any more"):
        moderation.report(write(article), reason="hate")
    for _ in range(5):
        moderation.report(approved(article, moderator), reason="hate", address="a@example.org")
    with pytest.raises(TooMany):
        moderation.report(approved(article, moderator), reason="hate", address="a@example.org")


@pytest.mark.django_db
def test_decision_is_owed_to_reporter_and_confirmed_author(article, moderator):
    with time_machine.travel(NOON, tick=False):
        article = make_article()
        comment = approved(article, moderator, is_confirmed=True)
        silent = approved(article, moderator)
        moderation.report(comment, reason="hate", address="r@example.org")
        moderation.report(comment, reason="hate", network_hash="n1")
        decided(comment, "rejected", moderator, reason="hate")
        decided(silent, "rejected", moderator)
    messages = {message.kind: message for message in Message.objects.all()}
    assert set(messages) == {"comments.decision", "comments.report_decision"}
    action = ModerationAction.objects.get(comment=comment, to_status="rejected")
    assert messages["comments.decision"].about == action.pk
    assert (
        messages["comments.report_decision"].about == Report.objects.get(address="r@example.org").pk
    )
    assert {message.due_at for message in messages.values()} == {NOON + timedelta(minutes=10)}


@pytest.mark.django_db
def test_appeal_brings_a_comment_back_once(moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        comment = decided(write(article, is_confirmed=True), "rejected", moderator)
        moderation.appeal(comment, text=" I was only quoting. ")
        comment.refresh_from_db()
        assert (comment.status, comment.hold_reason) == ("pending", "appeal")
        assert (comment.appeal, comment.queued_at) == ("I was only quoting.", NOON)
        Message.objects.all().delete()
        decided(comment, "approved", moderator)
        assert Message.objects.get().kind == "comments.decision"
        decided(comment, "rejected", moderator)
        with pytest.raises(Refused, match="before"):
            moderation.appeal(comment, text="Again")
        other = decided(write(article), "rejected", moderator)
        with pytest.raises(Refused):
            moderation.appeal(other, text=" ")
        clock.shift(timedelta(days=14, seconds=1))
        with pytest.raises(Refused, match="time for an appeal is over"):
            moderation.appeal(other, text="Too late")
        with pytest.raises(Refused, match="not rejected"):
            moderation.appeal(write(article), text="Why?")


@pytest.mark.django_db
def test_networks_are_forgotten_after_a_week(moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        comment = approved(make_article(), moderator, network_hash="n1")
        moderation.report(comment, reason="hate", network_hash="n2")
        moderation.report(comment, reason="hate", address="a@example.org")
        clock.shift(timedelta(days=7))
        assert housekeeping.forget_networks() == 0
        clock.shift(timedelta(days=1))
        assert housekeeping.forget_networks() == 2
        comment.refresh_from_db()
        assert (comment.network_hash, comment.network_day) == ("", None)
        assert sorted(bool(report.reporter_hash) for report in Report.objects.all()) == [
            False,
            True,
        ]


@pytest.mark.django_db
def test_addresses_are_kept_only_while_they_are_needed(moderator):
    with time_machine.travel(NOON, tick=False) as clock:
        article = make_article()
        typed = write(article, address="typed@example.org")
        approved(
            article, moderator, address="replies@example.org", is_confirmed=True, wants_replies=True
        )
        write(article, address="waits@example.org", is_confirmed=True)
        decided(
            write(article, address="appeal@example.org", is_confirmed=True), "rejected", moderator
        )

        def kept() -> set[str]:
            housekeeping.forget_addresses()
            found = CommentAuthor.objects.with_clear_address()
            return {
                address.partition("@")[0] for address in found.values_list("address", flat=True)
            }

        assert kept() == {"typed", "replies", "waits", "appeal"}
        clock.shift(timedelta(days=8))
        assert kept() == {"replies", "waits", "appeal"}
        clock.shift(timedelta(days=7))
        assert kept() == {"replies", "waits"}
        moderation.stop_replies(Comment.objects.get(wants_replies=True))
        assert kept() == {"waits"}
        typed.author.refresh_from_db()
        assert typed.author.address_hash != ""


@pytest.mark.django_db
def test_reporters_address_goes_when_the_decision_is_out(article, moderator):
    comment = approved(article, moderator)
    moderation.report(comment, reason="hate", address="r@example.org")
    housekeeping.forget_addresses()
    assert Report.objects.get().address == "r@example.org"
    decided(comment, "rejected", moderator)
    housekeeping.forget_addresses()
    assert Report.objects.get().address == "r@example.org"
    Message.objects.update(state=Message.State.SENT)
    housekeeping.forget_addresses()
    assert Report.objects.get().address == ""


@pytest.mark.django_db
def test_two_readers_under_one_address_share_limits_not_names(article):
    first = write(article, "One", name="Ada", address="a@example.org")
    Attempt.objects.all().delete()
    second = write(article, "Two", name="Bob", address="a@example.org")
    first.refresh_from_db()
    assert (first.author, first.name, second.name) == (second.author, "Ada", "Bob")
