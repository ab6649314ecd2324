"""Topics: merging those that mean the same, renaming. The admin calls these."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.lib import pagecache
from newsroom.lib.slugs import make_slug
from newsroom.lib.verbs import Refused, demand
from newsroom.models import User

from . import alerts, redirects, search
from .models import Article, PromoTarget, Redirect, Tag, TaggedArticle


@transaction.atomic
def merge(others: Iterable[Tag], into: Tag, *, by: User) -> int:
    """Put every article of the other topics under one and delete them; return how many articles.

    The old addresses lead to the surviving topic, and so do the names in older revisions. Raises
    NotPermitted, and Refused where nothing is left to merge.
    """
    demand(by, "articles.delete_tag")
    gone = [tag for tag in others if tag.pk != into.pk]
    if not gone:
        raise Refused(_("Choose at least two topics."))
    moved = 0
    # Locked, as every verb locks its article: who counts topics has to see one of the two first.
    tagged_ones = Article.objects.filter(tagged_items__tag__in=gone).values("pk")
    concerned = list(Article.objects.filter(pk__in=tagged_ones).select_for_update().order_by("pk"))
    for tag in gone:
        has_already = TaggedArticle.objects.filter(tag=into).values("content_object")
        tagged = TaggedArticle.objects.filter(tag=tag)
        moved += tagged.count()
        tagged.exclude(content_object__in=has_already).update(tag=into)
        Redirect.objects.filter(tag=tag).update(tag=into)
        known = PromoTarget.objects.filter(tag=into).values("promo")
        PromoTarget.objects.filter(tag=tag).exclude(promo__in=known).update(tag=into)
        PromoTarget.objects.filter(tag=tag).delete()
        alerts.move_topic(tag.pk, into.pk)
        old_path = tag.get_absolute_url()
        tag.delete()
        redirects.remember(old_path, into)
    search.index_many(concerned)
    pagecache.purge("site")
    return moved


@transaction.atomic
def save(tag: Tag, *, keep_slug: bool = False) -> Tag:
    """Save a changed topic; a new name makes a new address unless the slug is to be kept.

    The old address leads to the new one.
    """
    before = Tag.objects.get(pk=tag.pk)
    if tag.name != before.name and not keep_slug:
        tag.slug = _free_slug(tag)
    tag.save()
    if tag.name != before.name:
        search.index_many(Article.objects.filter(tagged_items__tag=tag))
    redirects.remember(before.get_absolute_url(), tag)
    pagecache.purge("site")
    return tag


def _free_slug(tag: Tag) -> str:
    wanted = make_slug(tag.name, max_length=90, fallback="topic")
    taken = set(
        Tag.objects.filter(slug__startswith=wanted)
        .exclude(pk=tag.pk)
        .values_list("slug", flat=True)
    )
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug
