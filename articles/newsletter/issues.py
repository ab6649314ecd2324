"""Verbs of the newsletter, the only writers of its issues: composing, scheduling, sending.

Each refuses first, locks the issue, writes a line of its log. Sending is one statement for the
whole list in the transaction that makes the issue a sent one, so it happens once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import outbox, pagecache, richtext
from newsroom.lib.verbs import Conflict, Refused, demand
from newsroom.models import Message, User

from ..models import (
    MOST_STORIES,
    Article,
    NewsletterEntry,
    NewsletterIssue,
    NewsletterPick,
    Section,
    Subscription,
)
from . import contents

PERMISSION = "articles.send_newsletter"
_FURTHEST = timedelta(days=366)
# Forms know no seconds: the minute that has begun means now.
_THIS_MINUTE = timedelta(minutes=1)
# As long the outbox is asked what became of an issue's mails; it forgets them soon after.
_COUNTED = timedelta(days=13)

State, Verb = NewsletterIssue.State, NewsletterEntry.Verb


@dataclass(frozen=True)
class Contents:
    """What an editor puts into an issue. `picks`: ids of articles in their order."""

    subject: str
    intro: str = ""
    closing: str = ""
    auto_count: int = 0
    auto_source: str = NewsletterIssue.Source.NEWEST
    sections: Sequence[Section] = ()
    picks: Sequence[int] = ()


@transaction.atomic
def save(
    issue: NewsletterIssue | None, given: Contents, *, by: User, seen: int = 0
) -> NewsletterIssue:
    """Write a draft, a new one if there is none; `seen` is the version the form was opened on.

    Raises Refused, and Conflict if somebody else has saved meanwhile.
    """
    demand(by, PERMISSION)
    is_new = issue is None
    row = NewsletterIssue() if issue is None else _draft(issue)
    if row.version != seen:
        raise Conflict(_("Somebody else has saved this issue meanwhile; your text is not saved."))
    if not given.subject.strip():
        raise Refused(_("An issue needs a subject."))
    picks = list(dict.fromkeys(given.picks))
    if len(picks) > MOST_STORIES or given.auto_count > MOST_STORIES:
        raise Refused(_("More than %d articles nobody reads in a mail.") % MOST_STORIES)
    row.subject = " ".join(richtext.drop_control_characters(given.subject).split())
    row.intro, row.closing = richtext.clean_words(given.intro), richtext.clean_words(given.closing)
    row.auto_count, row.auto_source = given.auto_count, given.auto_source
    row.version += 1
    row.save()
    row.sections.set(given.sections)
    there = set(Article.objects.filter(pk__in=picks).values_list("pk", flat=True))
    row.picks.all().delete()
    NewsletterPick.objects.bulk_create(
        NewsletterPick(issue=row, article_id=pk, position=position)
        for position, pk in enumerate(picks)
        if pk in there
    )
    _log(row, Verb.CREATED if is_new else Verb.SAVED, by)
    return row


@transaction.atomic
def schedule(issue: NewsletterIssue, at: datetime, *, by: User, seen: int) -> NewsletterIssue:
    """Let a draft go out at a moment. Raises Refused for one that is over or far away."""
    demand(by, PERMISSION)
    row, now = _draft(issue), timezone.now()
    if row.version != seen:
        raise Conflict(_("Somebody else has changed this issue meanwhile: look at it again."))
    if at < now - _THIS_MINUTE:
        raise Refused(_("This time is over already."))
    if at > now + _FURTHEST:
        raise Refused(_("Choose a time within a year."))
    if not (row.auto_count or row.picks.exists() or row.intro or row.closing):
        raise Refused(_("There is nothing in this issue."))
    row.state, row.scheduled_for = State.SCHEDULED, at
    row.save(update_fields=["state", "scheduled_for"])
    _log(row, Verb.SCHEDULED, by)
    return row


@transaction.atomic
def unschedule(issue: NewsletterIssue, *, by: User) -> NewsletterIssue:
    """Make a scheduled issue a draft again. Raises Conflict once it has gone out."""
    demand(by, PERMISSION)
    row = _lock(issue.pk)
    if row.state != State.SCHEDULED:
        raise Conflict(
            _("This issue has gone out.") if row.is_sent else _("This issue is not scheduled.")
        )
    row.state, row.scheduled_for = State.DRAFT, None
    row.save(update_fields=["state", "scheduled_for"])
    _log(row, Verb.UNSCHEDULED, by)
    return row


@transaction.atomic
def discard(issue: NewsletterIssue, *, by: User) -> None:
    """Delete a draft. What is scheduled or has gone out stays."""
    demand(by, PERMISSION)
    _draft(issue).delete()


@transaction.atomic
def send_test(issue: NewsletterIssue, *, by: User) -> None:
    """Send an issue as it would go out now to the address of the user's own account."""
    demand(by, PERMISSION)
    if not by.email:
        raise Refused(_("Your account has no e-mail address."))
    row = _lock(issue.pk)
    key = f"newsletter-test:{row.pk}:{timezone.now():%Y%m%d%H%M%S%f}"
    outbox.put("newsletter-test", key, about=by.pk, payload={"issue": row.pk})
    _log(row, Verb.TESTED, by)


def send_due() -> int:
    """Write the mails of all issues whose time has come; return how many.

    Called by tick, safe to run twice and by several processes at once: each issue is taken under
    its lock. A failing one keeps none of the others back.
    """
    written, errors = 0, []
    for pk in list(NewsletterIssue.objects.due().order_by("pk").values_list("pk", flat=True)):
        try:
            written += _send(pk)
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("Issues of the newsletter that could not be sent", errors)
    return written


def count_mails() -> int:
    """Write down what became of the mails of recent issues; return how many issues. For tick."""
    recent = NewsletterIssue.objects.sent().filter(sent_at__gt=timezone.now() - _COUNTED)
    ended = F("delivered") + F("failed") + F("skipped")
    open_ones = list(recent.exclude(recipients=ended))
    for row in open_ones:
        mails = Message.objects.filter(kind="newsletter", key__startswith=_prefix(row))
        found = dict(mails.order_by().values_list("state").annotate(Count("pk")))
        row.delivered = found.get(Message.State.SENT, 0)
        row.failed = found.get(Message.State.FAILED, 0)
        row.skipped = found.get(Message.State.SKIPPED, 0)
        row.save(update_fields=["delivered", "failed", "skipped"])
    return len(open_ones)


@transaction.atomic
def _send(pk: int) -> int:
    row, now = _lock(pk), timezone.now()
    if row.state != State.SCHEDULED or row.scheduled_for is None or row.scheduled_for > now:
        return 0  # another process was faster, or it has been taken off the schedule
    letter = contents.read(row)
    if letter.is_empty:
        row.state, row.scheduled_for = State.DRAFT, None
        row.save(update_fields=["state", "scheduled_for"])
        _log(row, Verb.EMPTY, None)
        return 0
    readers = Subscription.objects.active().of([(Subscription.Scope.NEWSLETTER, [0])])
    row.recipients = outbox.put_for_each(
        "newsletter",
        _prefix(row),
        readers.order_by().annotate(about=F("subscriber")),
        payload={"issue": row.pk},
    )
    row.state, row.sent_at = State.SENT, now
    row.articles = [article.pk for article in letter.articles]
    row.save(update_fields=["state", "sent_at", "articles", "recipients"])
    _log(row, Verb.SENT, None)
    pagecache.purge("newsletter")
    return row.recipients


def _prefix(issue: NewsletterIssue) -> str:
    """What the keys of an issue's mails begin with."""
    return f"newsletter:{issue.pk}:"


def _draft(issue: NewsletterIssue) -> NewsletterIssue:
    row = _lock(issue.pk)
    if row.is_sent:
        raise Conflict(_("This issue has gone out."))
    if row.state == State.SCHEDULED:
        raise Refused(_("This issue is scheduled: take it off the schedule first."))
    return row


def _lock(pk: int) -> NewsletterIssue:
    rows = NewsletterIssue.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Conflict(_("This issue has been deleted."))
    return row


def _log(issue: NewsletterIssue, verb: str, by: User | None) -> None:
    NewsletterEntry.objects.create(issue=issue, verb=verb, by=by)
