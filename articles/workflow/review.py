"""The desk's verbs before publication: submit, send back, approve, plan."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.lib.verbs import NotPermitted, Refused, demand
from newsroom.models import User

from ..checklist import voids
from ..models import Article, Revision, Status
from ..purging import purge_article
from .moves import begin, demand_four_eyes, head_of, lock, log, may_edit, move


@transaction.atomic
def submit(article: Article, *, by: User, seen: Revision | None = None) -> Article:
    """Hand a draft to the desk. Raises Refused, also where there is nothing to read yet."""
    article = begin("submit", article, by, seen)
    if not may_edit(article, by):
        raise NotPermitted(_("You may submit only what you may edit."))
    if missing := voids(head_of(article).content):
        raise Refused(" ".join(str(gap.message) for gap in missing))
    return move("submit", article, by=by)


@transaction.atomic
def send_back(article: Article, *, by: User, reason: str, seen: Revision | None = None) -> Article:
    """Return an article to its writer with a reason. Raises Refused."""
    return move("send_back", begin("send_back", article, by, seen), by=by, reason=reason)


@transaction.atomic
def approve(article: Article, *, by: User, seen: Revision | None = None) -> Article:
    """Declare an article fit to print. Raises Refused, also where four eyes are demanded."""
    article = begin("approve", article, by, seen)
    demand_four_eyes(article, by)
    return move("approve", article, by=by)


@transaction.atomic
def plan(
    article: Article,
    *,
    by: User,
    planned_at: datetime | None,
    embargo_until: datetime | None,
    expires_at: datetime | None,
) -> Article:
    """Set the times that are not publication. None of them makes anything visible earlier.

    Raises Refused: an embargo that holds may be shortened or lifted only with the permission for
    it; a text that readers already see takes no embargo; its end needs the right to publish.
    """
    article = lock(article)
    if not may_edit(article, by):
        raise NotPermitted(_("You may not change this article."))
    if embargo_until != article.embargo_until:
        if article.is_live:
            raise Refused(_("Readers already see this article; an embargo comes too late."))
        if article.is_embargoed and (
            embargo_until is None or embargo_until < article.embargo_until  # type: ignore[operator]
        ):
            demand(by, "articles.lift_embargo")
        log(
            article,
            "embargo" if embargo_until else "lift_embargo",
            by=by,
            details={"until": embargo_until.isoformat() if embargo_until else None},
        )
    if expires_at != article.expires_at and article.status == Status.PUBLISHED:
        demand(by, "articles.publish_article")
        log(
            article,
            "expire",
            by=by,
            details={"at": expires_at.isoformat() if expires_at else None},
        )
    article.planned_at, article.embargo_until = planned_at, embargo_until
    article.expires_at = expires_at
    article.save(update_fields=["planned_at", "embargo_until", "expires_at"])
    if article.status == Status.PUBLISHED:
        purge_article(article)
    return article
