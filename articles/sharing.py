"""Preview links for people without an account: the only place that makes and closes them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.verbs import NotPermitted, Refused
from newsroom.models import User

from .models import Article, PreviewLink


def may_share(user: User) -> bool:
    """Tell whether an account may give out preview links."""
    return user.has_perm("articles.share_preview")


@transaction.atomic
def share(article: Article, *, by: User, days: int, note: str = "") -> PreviewLink:
    """Make a link that opens the working copy for some days. Raises Refused under an embargo."""
    if not may_share(by):
        raise NotPermitted(_("You may not give out preview links."))
    if article.is_embargoed:
        raise Refused(_("No preview leaves the house while an embargo holds."))
    return PreviewLink.objects.create(
        article=article,
        note=note.strip()[:140],
        created_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )


def revoke(link: PreviewLink, *, by: User) -> None:
    """Close a link at once. Safe to repeat."""
    if not may_share(by):
        raise NotPermitted(_("You may not close preview links."))
    PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())
