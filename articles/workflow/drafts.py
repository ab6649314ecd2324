"""Writing: every save is a revision; nothing here changes what readers see."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.verbs import NotPermitted, Refused, demand
from newsroom.models import User

from .. import content, search
from ..content import Content
from ..models import Article, Presence, Revision, Status
from .livetext import mirror
from .moves import Conflict, lock, log, may_edit, saved_meanwhile

# Whoever has not been seen for so long has closed the form.
_AWAY = timedelta(seconds=45)


@transaction.atomic
def create(values: Content, *, by: User | None) -> Article:
    """Start an article as a draft with its first revision. Raises NotPermitted."""
    if by is not None:
        demand(by, "articles.add_article")
    article = Article(created_by=by, section_id=values["section"])
    content.set_fields(article, values)
    article.slug = values["slug"]
    article.save()
    revision = add_revision(article, values, by=by, base=None)
    mirror(article, revision)
    log(article, "create", by=by, revision=revision)
    return article


@transaction.atomic
def save_draft(
    article: Article,
    values: Content,
    *,
    by: User | None,
    base: Revision | None,
    kind: Revision.Kind = Revision.Kind.SAVED,
    note: str = "",
) -> Revision:
    """Add a revision on top of `base`; readers of a published article see no change.

    Unchanged content adds nothing and returns the head. Where somebody saved after `base`, the
    text is kept as a revision of kind CONFLICT and reported by `save_or_set_aside`; called
    directly, this raises Conflict and keeps nothing, because the transaction is undone.
    """
    article = lock(article)
    if by is not None and not may_edit(article, by):
        raise NotPermitted(_("You may not change this article."))
    head = article.head
    if head is not None and head.content == values:
        return head
    if head is not None and (base is None or base.pk != head.pk):
        raise Conflict(saved_meanwhile(head), head=head)
    revision = add_revision(article, values, by=by, base=base, kind=kind, note=note)
    if article.live_id is None:
        mirror(article, revision)
    return revision


def save_or_set_aside(
    article: Article, values: Content, *, by: User, base: Revision | None, sitting: str = ""
) -> Revision:
    """Save as `save_draft` does; on a collision keep the text as a revision of its own first.

    Raises Conflict with `kept` set: nothing that was written is lost, nothing is overwritten.
    The sitting's autosave goes either way, because its text now stands in a later revision.
    """
    try:
        with transaction.atomic():
            revision = save_draft(article, values, by=by, base=base)
            _drop_autosave(article, by, sitting)
        return revision
    except Conflict as conflict:
        with transaction.atomic():
            kept = add_revision(
                lock(article), values, by=by, base=base, kind=Revision.Kind.CONFLICT
            )
            _drop_autosave(article, by, sitting)
        raise Conflict(str(conflict), head=conflict.head, kept=kept) from conflict


@transaction.atomic
def take_update(
    article: Article, values: Content, *, base: Revision | None, note: str
) -> tuple[Revision, bool]:
    """Keep a newer version of what an agency sent; return it and whether it is now the draft.

    It is while nobody here has touched the draft since `base`, which the agency brought. Otherwise
    it stands beside the line, in the history: nothing that people wrote gives way.
    """
    article = lock(article)
    is_untouched = (
        article.status == Status.DRAFT
        and base is not None
        and article.head_id == base.pk
        and not article.log.exclude(by=None).exists()
        and not article.revisions.exclude(saved_by=None).exists()
        and not article.presences.filter(seen_at__gte=timezone.now() - _AWAY).exists()
    )
    kind = Revision.Kind.SAVED if is_untouched else Revision.Kind.CONFLICT
    revision = add_revision(article, values, by=None, base=base, kind=kind, note=note)
    if is_untouched:
        mirror(article, revision)
    return revision, is_untouched


@transaction.atomic
def restore(article: Article, revision: Revision, *, by: User, base: Revision | None) -> Revision:
    """Make an old revision's content the newest one; for readers nothing changes yet."""
    return save_draft(
        article,
        content.make(revision.content),
        by=by,
        base=base,
        kind=Revision.Kind.RESTORED,
        note=_("Restored from no. %(number)s") % {"number": revision.number},
    )


@transaction.atomic
def autosave(
    article: Article, values: Content, *, by: User, base: Revision | None, sitting: str
) -> Revision:
    """Keep what stands in an open form: one revision per sitting, overwritten by that sitting.

    Never a conflict, never the head. Raises NotPermitted.
    """
    article = lock(article)
    if not may_edit(article, by):
        raise NotPermitted(_("You may not change this article."))
    mine = article.revisions.filter(sitting=sitting, saved_by=by).first()
    if mine is None:
        mine = add_revision(
            article, values, by=by, base=base, kind=Revision.Kind.AUTOSAVED, sitting=sitting
        )
    elif mine.content != values:
        mine.content, mine.saved_at = values, timezone.now()
        mine.save(update_fields=["content", "saved_at"])
    attend(article, by)
    return mine


def attend(article: Article, user: User) -> list[Presence]:
    """Note that a user has the form open; return the others seen in the last 45 seconds."""
    now = timezone.now()
    fresh = now - _AWAY
    # Whoever was away longer sits down anew.
    Presence.objects.filter(article=article, user=user, seen_at__lt=fresh).delete()
    Presence.objects.update_or_create(article=article, user=user, defaults={"seen_at": now})
    others = article.presences.filter(seen_at__gte=fresh).exclude(user=user)
    return list(others.select_related("user").order_by("since"))


def leave(article: Article, user: User) -> None:
    """Note that a user has closed the form."""
    Presence.objects.filter(article=article, user=user).delete()


@transaction.atomic
def set_aside(article: Article, revision: Revision, *, by: User) -> None:
    """Stop offering one's own autosave; its text stays in the history. Raises Refused."""
    done = article.revisions.filter(
        pk=revision.pk, saved_by=by, kind=Revision.Kind.AUTOSAVED
    ).update(kind=Revision.Kind.CONFLICT, sitting="")
    if not done:
        raise Refused(_("This is no unsaved text of yours."))


@transaction.atomic
def discard(article: Article, *, by: User) -> None:
    """Delete a text that was never published, with its history. Raises Refused."""
    article = lock(article)
    demand(by, "articles.delete_article")
    if article.month is not None or article.live_id is not None:
        raise Refused(_("What has been published stays; withdraw it instead."))
    # The history points at itself and the article at it: let go first.
    article.head = None
    article.save(update_fields=["head"])
    article.log.all().delete()
    article.revisions.update(based_on=None)
    article.revisions.all().delete()
    search.forget([article.pk])
    article.delete()


def _drop_autosave(article: Article, by: User, sitting: str) -> None:
    if sitting:
        article.revisions.filter(
            sitting=sitting, saved_by=by, kind=Revision.Kind.AUTOSAVED
        ).delete()


def add_revision(
    article: Article,
    values: Content,
    *,
    by: User | None,
    base: Revision | None,
    kind: Revision.Kind = Revision.Kind.SAVED,
    note: str = "",
    sitting: str = "",
) -> Revision:
    """Append a revision under the caller's lock; unless it stands aside, it is the head."""
    last = article.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    revision = Revision.objects.create(
        article=article,
        number=last + 1,
        kind=kind,
        content=values,
        based_on=base,
        note=note,
        saved_by=by,
        sitting=sitting,
    )
    if kind not in {Revision.Kind.CONFLICT, Revision.Kind.AUTOSAVED}:
        article.head, article.edited_at = revision, revision.saved_at
        article.save(update_fields=["head", "edited_at"])
    return revision
