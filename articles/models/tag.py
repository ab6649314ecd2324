"""Topics: taggit's tags with German slugs and one row per spelling."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from newsroom.lib.addresses import path_to
from newsroom.lib.slugs import make_slug

# Topics with fewer visible articles are kept out of search engines: their page says nothing yet.
THIN_TOPIC = 3


class Tag(TagBase):
    """A topic. `key` is the casefolded name: SQLite compares only ASCII letters without case."""

    key = models.CharField(max_length=100, unique=True, editable=False)
    description = models.TextField(_("description"), blank=True, max_length=300)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep `key` in step with the name; taggit's own save then finds a free slug."""
        self.key = tag_key(self.name)
        super().save(*args, **kwargs)

    def slugify(self, tag: str, i: int | None = None) -> str:
        """Make taggit's slugs ours (its hook)."""
        slug = make_slug(tag, max_length=90, fallback="topic")
        return slug if i is None else f"{slug}-{i}"

    def get_absolute_url(self) -> str:
        return path_to("articles:topic", self.slug)


class TaggedArticle(ItemBase):
    """One topic of one article."""

    tag = models.ForeignKey(Tag, related_name="tagged_articles", on_delete=models.CASCADE)
    content_object = models.ForeignKey(
        "articles.Article", related_name="tagged_items", on_delete=models.CASCADE
    )
    # The article's own, so that the newest of a topic are one range of one index.
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("topic of an article")
        verbose_name_plural = _("topics of articles")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="article_tagged_once"),
        ]
        indexes = [
            # A topic's page and feed.
            models.Index(fields=["tag", "-published_at", "-content_object"], name="tagged_newest"),
        ]


def tag_key(name: str) -> str:
    """Return the form in which two spellings of one topic are equal."""
    return " ".join(name.split()).casefold()[:100]


def tags_by_name(names: list[str]) -> list[Tag]:
    """Return the topics of some names, each once, in their order; see tags_by_key."""
    return list(dict.fromkeys(tags_by_key(names).values()))


def tags_by_key(names: list[str]) -> dict[str, Tag]:
    """Return by key one topic per name, creating what is missing. ≤ 2 queries + new.

    The name of a topic that was merged or renamed gives the one that its old address leads to:
    old revisions must not bring it back.
    """
    wanted = {tag_key(name): " ".join(name.split())[:100] for name in names if name.strip()}
    known = {tag.key: tag for tag in Tag.objects.filter(key__in=wanted)}
    if missing := {key: name for key, name in wanted.items() if key not in known}:
        known |= _successors(missing)
    for key, name in wanted.items():
        if key not in known:
            known[key] = Tag(name=name)
            known[key].save()
    return {key: known[key] for key in wanted}


def _successors(names: dict[str, str]) -> dict[str, Tag]:
    """Return by key the topics that took the place of these. One query."""
    slugs = {key: make_slug(name, max_length=90) for key, name in names.items()}
    paths = {reverse("articles:topic", args=[slug]): key for key, slug in slugs.items() if slug}
    found = Tag.objects.filter(redirects__old_path__in=paths).annotate(
        old_path=models.F("redirects__old_path")
    )
    return {paths[tag.old_path]: tag for tag in found}
