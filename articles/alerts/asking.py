"""Verbs of consent: asking for alerts, confirming, changing, ending. The only writers of them.

Double opt-in (§ 7 UWG, art. 7 GDPR): nothing is sent to an address but the question whether it
wants it, until a POST from the link in that mail says so. Every step is a row of the proof.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.lib import limits, outbox
from newsroom.lib.privacy import hash_address, normalise_address
from newsroom.lib.verbs import Refused

from ..models import ConfirmationCount, Consent, Subscriber, Subscription
from ..models.subscription import new_nonce
from . import links
from .scopes import Choice, described

# What readers agree to, by version; the proof names the version. Add one, never change one.
CONSENT_TEXTS = {
    1: gettext_lazy(
        "I want to be told by e-mail of what is ticked, as often as chosen. I can end this at any "
        "time with one click in every mail."
    ),
    2: gettext_lazy(
        "I want to be told by e-mail of what is ticked, as often as chosen. A mail may carry one "
        "labelled advertisement. I can end this at any time with one click in every mail."
    ),
    3: gettext_lazy(
        "I want the newsletter by e-mail, whenever the editors send an issue. It may carry one "
        "labelled advertisement. I can end this at any time with one click in every issue."
    ),
}
_ALERT_TEXT, _NEWSLETTER_TEXT = 2, 3

UNCONFIRMED_KEPT = timedelta(days=7)
# How long consents of ended alerts are kept as proof: claims lapse after three years (§ 195 BGB).
PROOF_KEPT = timedelta(days=3 * 366 + 31)
_REQUESTS = limits.Limit(most=5, seconds=3600)
_MAIL_PAUSE = timedelta(hours=24)
_MOST_UNANSWERED = 3

State, Kind, Scope = Subscription.State, Consent.Kind, Subscription.Scope


class TooMany(Refused):
    """Too many requests from one network within an hour."""


class Outdated(Refused):
    """None of what a page showed is what is asked for now."""


@transaction.atomic
def ask(
    address: str,
    choices: Sequence[Choice],
    *,
    frequency: int,
    page: str,
    language: str,
    network: str,
) -> None:
    """Note a request and, if the address may be written to, the question whether it is meant.

    Whoever asks learns nothing about the address. `network` is a hash (lib.privacy). Raises
    TooMany; an address gets one such mail a day and three that it does not answer.
    """
    if limits.take("alert", [network], [_REQUESTS]):
        raise TooMany(_("Too many requests from your network. Try again in an hour."))
    subscriber, _is_new = Subscriber.objects.get_or_create(
        address=normalise_address(address), defaults={"language": language}
    )
    subscriber = _lock(subscriber.pk)
    now = timezone.now()
    known = {(row.scope, row.target): row for row in subscriber.subscriptions.all()}
    if any(row.state == State.COMPLAINED for row in known.values()):
        return
    for choice in choices:
        row = known.get((choice.scope, choice.target)) or Subscription(
            subscriber=subscriber, scope=choice.scope, target=choice.target
        )
        if row.state != State.ACTIVE:
            row.state, row.frequency, row.requested_at = State.REQUESTED, frequency, now
            row.confirmed_at = row.ended_at = None
            row.save()
    told = [_told(choice.scope, choice.target, choice.label, frequency) for choice in choices]
    _note(subscriber, Kind.REQUESTED, told, page=page[:300])
    if _may_be_asked(subscriber.address):
        key = f"alert-confirm:{subscriber.pk}:{now:%Y%m%d%H%M%S%f}"
        outbox.put("alert-confirm", key, about=subscriber.pk)


@transaction.atomic
def confirm(token: str, shown: Collection[str] | None = None) -> Subscriber:
    """Make active what an address has asked for. Raises Refused for a link that is void.

    `shown` are the requests (Subscription.request) that the reader has seen: what somebody else
    has asked for meanwhile stays unconfirmed. Raises Outdated if none of them is there any more.
    """
    subscriber = asked_by(token)
    if subscriber is None:
        raise Refused(_("This link has been used or is too old."))
    subscriber = _lock(subscriber.pk)
    if not constant_time_compare(subscriber.nonce, (links.read_confirm(token) or (0, ""))[1]):
        raise Refused(_("This link has been used or is too old."))
    rows = list(subscriber.subscriptions.requested())
    if shown is not None:
        rows = [row for row in rows if row.request in shown]
        if not rows:
            raise Outdated(_("Please look at it once more and send it again."))
    told = _all_told(rows)
    confirmed = subscriber.subscriptions.filter(pk__in=[row.pk for row in rows])
    confirmed.update(state=State.ACTIVE, confirmed_at=timezone.now())
    _note(subscriber, Kind.CONFIRMED, told)
    subscriber.nonce = new_nonce()
    subscriber.save(update_fields=["nonce"])
    ConfirmationCount.objects.filter(address_hash=hash_address(subscriber.address)).update(
        unanswered=0
    )
    return subscriber


@transaction.atomic
def take_over(address: str, *, confirmed_at: datetime, page: str, token: str) -> bool:
    """Make a reader of the newsletter of somebody who has confirmed that on another site.

    Called by importers, with their proof: where it was and that site's mark of it. The words that
    were agreed to are that site's: version 0. False where the address has a history here, which
    goes before what was elsewhere.
    """
    subscriber, is_new = Subscriber.objects.get_or_create(address=normalise_address(address))
    if not is_new:
        return False
    row = Subscription.objects.create(
        subscriber=subscriber,
        scope=Scope.NEWSLETTER,
        state=State.ACTIVE,
        requested_at=confirmed_at,
        confirmed_at=confirmed_at,
    )
    Consent.objects.create(
        subscriber=subscriber,
        kind=Kind.CONFIRMED,
        at=confirmed_at,
        scopes=_all_told([row]),
        page=page[:300],
        token=token[:24],
    )
    return True


def asked_by(token: str) -> Subscriber | None:
    """Return whose request a confirmation link is for, while it holds. Changes nothing."""
    read = links.read_confirm(token)
    if read is None:
        return None
    subscriber = Subscriber.objects.filter(pk=read[0]).first()
    if subscriber is None or not constant_time_compare(subscriber.nonce, read[1]):
        return None
    return subscriber


@transaction.atomic
def end(subscriber_id: int, subscription_ids: Iterable[int] | None = None) -> int:
    """End alerts of an address, all of them if none are named; return how many. Safe to repeat.

    Mails that are written already are skipped when their turn comes.
    """
    return _end(subscriber_id, subscription_ids, State.UNSUBSCRIBED, Kind.ENDED)


@transaction.atomic
def change(subscriber: Subscriber, frequencies: Mapping[int, int]) -> None:
    """Set how often each active alert of an address comes; one that is not named is ended.

    What is about something that readers do not see now was not offered, and stays as it is.
    """
    rows = list(subscriber.subscriptions.active())
    changed = [
        row for row in rows if row.pk in frequencies and row.frequency != frequencies[row.pk]
    ]
    for row in changed:
        row.frequency = frequencies[row.pk]
        row.save(update_fields=["frequency"])
    if changed:
        told = _all_told(changed)
        Consent.objects.create(subscriber=subscriber, kind=Kind.CHANGED, scopes=told)
    if gone := [row.pk for row, _label in described(rows) if row.pk not in frequencies]:
        end(subscriber.pk, gone)


@transaction.atomic
def report(address: str, *, is_complaint: bool) -> int:
    """End all alerts of an address that bounces or complains; return how many."""
    subscriber = Subscriber.objects.filter(address=normalise_address(address)).first()
    if subscriber is None:
        return 0
    if is_complaint:
        return _end(subscriber.pk, None, State.COMPLAINED, Kind.COMPLAINED)
    return _end(subscriber.pk, None, State.BOUNCED, Kind.BOUNCED)


@transaction.atomic
def forget_unconfirmed() -> int:
    """Delete requests that nobody confirmed within a week, and proof that is too old.

    Called by tick; returns how many requests went.
    """
    now = timezone.now()
    old = Subscription.objects.unconfirmed().filter(requested_at__lt=now - UNCONFIRMED_KEPT)
    gone, _by_model = old.delete()
    # Whoever never confirmed anything has nothing to be proven; all others after three years.
    empty = Subscriber.objects.filter(subscriptions=None, created_at__lt=now - UNCONFIRMED_KEPT)
    empty.exclude(consents__kind=Kind.CONFIRMED).delete()
    running = Subscription.objects.running().values("subscriber")
    recent = Consent.objects.filter(at__gt=now - PROOF_KEPT).values("subscriber")
    Subscriber.objects.exclude(pk__in=running).exclude(pk__in=recent).filter(
        created_at__lt=now - PROOF_KEPT
    ).delete()
    return gone


def move_topic(old_id: int, new_id: int) -> None:
    """Let those who follow a topic follow the one it was merged into. For topics.merge."""
    of_tag = Subscription.objects.filter(scope=Subscription.Scope.TAG)
    have_both = of_tag.filter(target=new_id).values("subscriber")
    of_tag.filter(target=old_id).exclude(subscriber__in=have_both).update(target=new_id)
    of_tag.filter(target=old_id).delete()


def _end(subscriber_id: int, ids: Iterable[int] | None, state: str, kind: str) -> int:
    rows = Subscription.objects.running().filter(subscriber=subscriber_id)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    ended = list(rows)
    if not ended:
        return 0
    rows.update(state=state, ended_at=timezone.now())
    Consent.objects.create(subscriber_id=subscriber_id, kind=kind, scopes=_all_told(ended))
    return len(ended)


def texts_for(scopes: Iterable[str]) -> list[int]:
    """Return the versions of the texts that whoever chooses among these agrees to."""
    return sorted(
        {_NEWSLETTER_TEXT if scope == Scope.NEWSLETTER else _ALERT_TEXT for scope in scopes}
    )


def _note(
    subscriber: Subscriber, kind: str, told: Sequence[dict[str, object]], page: str = ""
) -> None:
    """Add to the proof, a row for each text that was agreed to."""
    for version in texts_for(str(one["scope"]) for one in told):
        Consent.objects.create(
            subscriber=subscriber,
            kind=kind,
            scopes=[one for one in told if texts_for([str(one["scope"])]) == [version]],
            text_version=version,
            page=page,
            token=subscriber.nonce,
        )


def _may_be_asked(address: str) -> bool:
    """Count a confirmation mail to an address, if it may get one."""
    now, key = timezone.now(), hash_address(address)
    count, is_new = ConfirmationCount.objects.get_or_create(
        address_hash=key, defaults={"last_at": now, "unanswered": 1}
    )
    if is_new:
        return True
    taken = ConfirmationCount.objects.filter(
        pk=count.pk, unanswered__lt=_MOST_UNANSWERED, last_at__lte=now - _MAIL_PAUSE
    )
    return bool(taken.update(unanswered=F("unanswered") + 1, last_at=now))


def _lock(pk: int) -> Subscriber:
    rows = Subscriber.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return rows.get(pk=pk)


def _all_told(rows: Sequence[Subscription]) -> list[dict[str, object]]:
    labels = {row.pk: label for row, label in described(rows)}
    return [_told(row.scope, row.target, labels.get(row.pk, ""), row.frequency) for row in rows]


def _told(scope: str, target: int, label: str, frequency: int) -> dict[str, object]:
    """What the proof says of one alert: as it is called now, whatever becomes of it later."""
    often = Subscription(scope=scope, frequency=frequency).often
    return {"scope": str(scope), "target": target, "label": label, "frequency": often}
