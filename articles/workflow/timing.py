"""Another time for what is planned or scheduled; the text stays as it is. The calendar's verbs."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.verbs import NotPermitted, Refused, demand
from newsroom.models import User

from .. import pings
from ..models import Article, Status, month_of
from ..purging import purge_article
from .livetext import free_slug
from .moves import Conflict, format_time, lock, log, may_edit


@transaction.atomic
def replan(
    article: Article, *, by: User, planned_at: datetime | None, seen: datetime | None
) -> Article:
    """Set when the desk means to have a text that is not yet out; readers see nothing of it.

    `seen` is the plan that the user saw. Raises NotPermitted, Conflict, Refused.
    """
    article = lock(article)
    if not may_edit(article, by):
        raise NotPermitted(_("You may not change this article."))
    if article.status in {Status.PUBLISHED, Status.WITHDRAWN}:
        raise Conflict(_("“%(name)s” is out already.") % {"name": article}, head=article.head)
    if not _same_minute(article.planned_at, seen):
        raise Conflict(_moved_meanwhile(article, article.planned_at), head=article.head)
    article.planned_at = planned_at
    article.save(update_fields=["planned_at"])
    return article


@transaction.atomic
def reschedule(article: Article, *, by: User, at: datetime, seen: datetime | None) -> Article:
    """Let what is scheduled appear at another time to come: the same text, reviewed as it was.

    `seen` is the time that the user saw. Raises NotPermitted, Conflict, Refused.
    """
    article = lock(article)
    demand(by, "articles.publish_article")
    update = article.revisions.filter(publish_at__isnull=False).first()
    due = article.published_at if article.is_scheduled else update.publish_at if update else None
    if due is None or article.status != Status.PUBLISHED:
        raise Conflict(
            _("“%(name)s” is not scheduled any more.") % {"name": article}, head=article.head
        )
    if not _same_minute(due, seen):
        raise Conflict(_moved_meanwhile(article, due), head=article.head)
    if at <= timezone.now():
        raise Refused(_("This time is already past."))
    if article.embargo_until and at < article.embargo_until:
        raise Refused(_("Embargo until %(time)s.") % {"time": format_time(article.embargo_until)})
    if article.is_scheduled:
        _appear_at(article, at)
    elif update is not None:
        update.publish_at = at
        update.save(update_fields=["publish_at"])
    log(
        article,
        "reschedule",
        by=by,
        revision=article.live if article.is_scheduled else update,
        details={"from": due.isoformat(), "at": at.isoformat()},
    )
    return article


def _appear_at(article: Article, at: datetime) -> None:
    """Move a first publication: nobody has seen the address, so its month moves along."""
    article.published_at = at
    article.month = month_of(at)
    article.slug = free_slug(article, article.slug)
    article.save(update_fields=["published_at", "month", "slug"])
    pings.note(article)
    purge_article(article)


def _same_minute(one: datetime | None, other: datetime | None) -> bool:
    """Fields of a page show no seconds."""
    if one is None or other is None:
        return one is other
    return int(one.timestamp() // 60) == int(other.timestamp() // 60)


def _moved_meanwhile(article: Article, now_at: datetime | None) -> str:
    if now_at is None:
        return _("Somebody else has taken “%(name)s” off the plan.") % {"name": article}
    return _("Somebody else has moved “%(name)s” meanwhile: %(time)s.") % {
        "name": article,
        "time": format_time(now_at),
    }
