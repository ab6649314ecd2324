"""Publication and what follows it: schedule, withdraw, reinstate, correct."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib import pagecache
from newsroom.lib.verbs import Refused, demand
from newsroom.models import User

from .. import alerts, pings
from ..checklist import blockers
from ..models import Article, Correction, Revision, Status
from ..purging import purge_article
from .livetext import go_live, has_appeared, set_body
from .moves import begin, demand_four_eyes, format_time, head_of, lock, log, move


@transaction.atomic
def publish(
    article: Article,
    *,
    by: User | None,
    at: datetime | None = None,
    seen: Revision | None = None,
    ai_reviewed: bool = False,
    is_substantial: bool = True,
) -> Revision:
    """Make the newest revision the live text, now or from `at` on (an aware time to come).

    A new article with a time to come is published at once but visible from then on; of an article
    that readers already see, the revision waits until `tick` finds it due. `is_substantial` False
    leaves the "updated" time alone (a typo). `ai_reviewed` records `by` as the human reviewer of
    an AI text. Raises Refused: permission, state, four eyes, embargo, past time, open check list.
    """
    article = begin("publish", article, by, seen)
    now = timezone.now()
    if at is not None and at <= now:
        raise Refused(_("This time is already past."))
    if article.embargo_until and (at or now) < article.embargo_until:
        raise Refused(_("Embargo until %(time)s.") % {"time": format_time(article.embargo_until)})
    if by is not None:
        demand_four_eyes(article, by)
    revision = head_of(article)
    if missing := blockers(revision.content):
        raise Refused(" ".join(str(item.message) for item in missing))
    details: dict[str, Any] = {"ai_use": revision.content["ai_use"]}
    if ai_reviewed and by is not None and revision.content["ai_use"] != "none":
        details |= {"ai_reviewed_by": by.pk, "ai_reviewed_at": now.isoformat()}
    _call_off(article)
    if has_appeared(article) and at is not None:
        revision.publish_at, revision.publish_by = at, by
        revision.save(update_fields=["publish_at", "publish_by"])
        log(
            article,
            "schedule_update",
            by=by,
            revision=revision,
            details=details | {"at": at.isoformat(), "is_substantial": is_substantial},
        )
        return revision
    is_new = not has_appeared(article)
    go_live(article, revision, by=by, at=at, details=details, is_substantial=is_substantial)
    if is_new:
        alerts.announce(article)
    return revision


def publish_due(now: datetime | None = None) -> int:
    """Make every scheduled update that is due the live text; return how many.

    Called by tick. Safe to run twice and by several processes at once: each update is taken under
    its article's lock and done at most once. One that fails keeps none of the others back; what
    failed is raised at the end, and tried again by the next run.
    """
    now = now or timezone.now()
    due = Revision.objects.filter(publish_at__lte=now).order_by("publish_at")
    done, errors = 0, []
    for pk in list(due.values_list("pk", flat=True)):
        try:
            done += _publish_one_due(pk, now)
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("Scheduled updates that could not be published", errors)
    return done


@transaction.atomic
def _publish_one_due(pk: int, now: datetime) -> int:
    revision = Revision.objects.select_related("article").get(pk=pk)
    article = lock(revision.article)
    revision.refresh_from_db()
    if revision.publish_at is None or revision.publish_at > now:
        return 0  # another process was faster, or it was called off
    by = revision.publish_by
    entry = revision.log.filter(verb="schedule_update").order_by("-pk").first()
    details = dict(entry.details) if entry else {}
    revision.publish_at = None
    revision.save(update_fields=["publish_at"])
    if article.status != Status.PUBLISHED:
        return 0
    go_live(
        article,
        revision,
        by=by,
        at=None,
        details=details,
        is_substantial=bool(details.pop("is_substantial", True)),
    )
    return 1


@transaction.atomic
def unschedule(article: Article, *, by: User) -> Article:
    """Call off what is scheduled: a first publication or an update of a live text."""
    article = begin("unschedule", article, by, None)
    if _call_off(article):
        log(article, "unschedule", by=by)
        return article
    if not (article.is_scheduled or article.is_embargoed):
        raise Refused(_("Nothing is scheduled here."))
    article.published_at = article.month = article.live = None
    article.tagged_items.update(published_at=None)
    article.bylines.update(published_at=None)
    purge_article(article)
    return move("unschedule", article, by=by)


@transaction.atomic
def withdraw(article: Article, *, by: User, reason: str, seen: Revision | None = None) -> Article:
    """Take an article off the site for good; its address answers 410 with the reason."""
    article = begin("withdraw", article, by, seen)
    if article.is_scheduled or article.is_embargoed:
        raise Refused(_("It has not appeared yet: call off the schedule instead."))
    _call_off(article)
    article.withdrawn_at, article.withdrawn_reason = timezone.now(), reason.strip()[:500]
    pings.note(article)
    # Gone means gone everywhere, whatever has named it.
    pagecache.purge("site")
    return move("withdraw", article, by=by, reason=reason)


@transaction.atomic
def reinstate(article: Article, *, by: User, reason: str) -> Article:
    """Put a withdrawn article back as it was."""
    article = begin("reinstate", article, by, None)
    article.withdrawn_at, article.withdrawn_reason = None, ""
    pings.note(article)
    pagecache.purge("site")
    return move("reinstate", article, by=by, reason=reason)


@transaction.atomic
def correct(
    article: Article,
    *,
    by: User,
    kind: str,
    text: str,
    is_public: bool = True,
    at: datetime | None = None,
) -> Correction:
    """Add a dated correction to an article that has appeared; readers see a public one at once."""
    article = lock(article)
    demand(by, "articles.correct_article")
    if not text.strip():
        raise Refused(_("Say what was wrong."))
    if article.live_id is None or article.is_scheduled:
        raise Refused(_("Only what has appeared can be corrected: change the text instead."))
    correction = Correction.objects.create(
        article=article,
        kind=kind,
        text=text.strip()[:1000],
        is_public=is_public,
        corrected_at=at or timezone.now(),
        corrected_by=by,
    )
    if is_public:
        article.updated_at = correction.corrected_at
        article.save(update_fields=["updated_at"])
        pings.note(article)
    log(article, "correct", by=by, details={"correction": correction.pk, "kind": kind})
    purge_article(article)
    return correction


@transaction.atomic
def render_again(article: Article) -> None:
    """Rebuild the readers' HTML of the live text, after a picture's words or crop changed."""
    article = lock(article)
    set_body(article, article.body)
    article.save(update_fields=["body_html", "word_count"])
    pagecache.purge(f"article:{article.pk}")


def _call_off(article: Article) -> int:
    return article.revisions.filter(publish_at__isnull=False).update(publish_at=None)
