"""The table of allowed moves, who may make them, and how every verb begins and ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newsroom.lib import verbs
from newsroom.lib.verbs import Refused, demand
from newsroom.models import SiteSettings, User

from ..models import Article, Revision, Status, WorkflowEntry


class Conflict(verbs.Conflict):
    """Somebody else was faster. `kept` is the revision that holds the refused text, if any."""

    def __init__(
        self, message: str, *, head: Revision | None, kept: Revision | None = None
    ) -> None:
        super().__init__(message)
        self.head = head
        self.kept = kept


@dataclass(frozen=True)
class Move:
    """One line of the table of allowed moves."""

    sources: frozenset[Status]
    target: Status
    permission: str
    needs_reason: bool = False


MOVES: dict[str, Move] = {
    "submit": Move(frozenset({Status.DRAFT}), Status.IN_REVIEW, "articles.submit_article"),
    "send_back": Move(
        frozenset({Status.IN_REVIEW, Status.APPROVED}),
        Status.DRAFT,
        "articles.review_article",
        needs_reason=True,
    ),
    "approve": Move(frozenset({Status.IN_REVIEW}), Status.APPROVED, "articles.review_article"),
    "publish": Move(
        frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.PUBLISHED}),
        Status.PUBLISHED,
        "articles.publish_article",
    ),
    "unschedule": Move(frozenset({Status.PUBLISHED}), Status.APPROVED, "articles.publish_article"),
    "withdraw": Move(
        frozenset({Status.PUBLISHED}),
        Status.WITHDRAWN,
        "articles.withdraw_article",
        needs_reason=True,
    ),
    "reinstate": Move(
        frozenset({Status.WITHDRAWN}),
        Status.PUBLISHED,
        "articles.withdraw_article",
        needs_reason=True,
    ),
}


def may_edit(article: Article, user: User) -> bool:
    """Tell whether a user may change an article's text: editors any, reporters their own drafts."""
    if not user.has_perm("articles.change_article"):
        return False
    if user.has_perm("articles.edit_any_article"):
        return True
    return article.status == Status.DRAFT and is_own(article, user)


def is_own(article: Article, user: User) -> bool:
    """Tell whether a user started an article or signs it."""
    return article.created_by_id == user.pk or article.bylines.filter(author__user=user.pk).exists()


def allowed_moves(article: Article, user: User) -> list[str]:
    """Return the moves that this user could make now, for buttons. Verbs check again."""
    return [
        name
        for name, move in MOVES.items()
        if article.status in move.sources
        and user.has_perm(move.permission)
        and (name != "submit" or may_edit(article, user))
        and (name != "unschedule" or article.is_scheduled or article.is_embargoed)
        and (name != "withdraw" or not (article.is_scheduled or article.is_embargoed))
    ]


def begin(verb: str, article: Article, by: User | None, seen: Revision | None) -> Article:
    """Lock the row and refuse what the table of moves or a newer revision forbids."""
    article = lock(article)
    allowed = MOVES[verb]
    if by is not None:
        demand(by, allowed.permission)
    if article.status not in allowed.sources:
        last = article.log.select_related("by").first()
        raise Conflict(
            _("The article is now “%(status)s”%(who)s.")
            % {
                "status": Status(article.status).label,
                "who": f" ({last.by}, {format_time(last.at)})" if last and last.by else "",
            },
            head=article.head,
        )
    if seen is not None and article.head is not None and seen.pk != article.head_id:
        raise Conflict(saved_meanwhile(article.head), head=article.head)
    return article


def move(verb: str, article: Article, *, by: User | None, reason: str = "") -> Article:
    """Change the status, save and log. The caller has called begin()."""
    allowed = MOVES[verb]
    if allowed.needs_reason and not reason.strip():
        raise Refused(_("Give a reason."))
    source = article.status
    article.status = allowed.target
    article.edited_at = timezone.now()
    article.save()
    log(article, verb, by=by, source=source, revision=article.head, reason=reason)
    return article


def lock(article: Article) -> Article:
    """Read the row again and hold it until the transaction ends."""
    queryset = Article.objects.select_related("head", "live", "section")
    if connection.features.has_select_for_update:
        queryset = queryset.select_for_update(of=("self",))
    return queryset.get(pk=article.pk)


def head_of(article: Article) -> Revision:
    """Return the newest revision; raise Refused where nobody has written one."""
    if article.head is None:
        raise Refused(_("There is no text yet."))
    return article.head


def demand_four_eyes(article: Article, by: User) -> None:
    """Raise Refused where the site wants a second reader and only `by` has seen this text.

    Another person has seen it who approved just this revision, or who has saved one himself since
    the text that readers have now.
    """
    if not SiteSettings.load().requires_four_eyes:
        return
    saved = article.revisions.exclude(saved_by=by).exclude(
        kind__in=[Revision.Kind.AUTOSAVED, Revision.Kind.CONFLICT]
    )
    if article.live is not None:
        saved = saved.filter(number__gt=article.live.number)
    approved = article.log.filter(verb="approve", revision=article.head_id).exclude(by=by)
    if not saved.exists() and not approved.exists():
        raise Refused(_("A second person has to read this before it appears."))


def saved_meanwhile(head: Revision) -> str:
    """Say who saved in between, and when."""
    return _("%(name)s saved this article at %(time)s, after you opened it.") % {
        "name": head.saved_by or _("Somebody"),
        "time": format_time(head.saved_at),
    }


def format_time(moment: datetime) -> str:
    """A moment in the site's zone and the reader's language."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def log(
    article: Article,
    verb: str,
    *,
    by: User | None,
    source: str | None = None,
    revision: Revision | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Add the line of the log that belongs to a change."""
    WorkflowEntry.objects.create(
        article=article,
        verb=verb,
        from_status=article.status if source is None else source,
        to_status=article.status,
        revision=revision,
        reason=reason.strip()[:500],
        details=details or {},
        by=by,
    )
