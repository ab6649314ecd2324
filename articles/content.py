"""What a revision holds: the text of an article with everything that belongs to it, as plain data.

`workflow` writes it to rows, forms and the importer make it, `compare` reads two of them. Rows are
named by id, topics by name (a topic may not exist yet); what is gone when a content is written
back is left out.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, TypedDict, cast

from django.conf import settings

from newsroom.lib import richtext
from newsroom.lib.slugs import make_slug

from .models import (
    AIUse,
    Article,
    Author,
    Byline,
    Dossier,
    DossierEntry,
    Genre,
    Image,
    Promo,
    PromoChoice,
    RelatedArticle,
    Section,
    TaggedArticle,
    tags_by_name,
)


class BylineContent(TypedDict):
    author: int
    role: str


class RelatedContent(TypedDict):
    article: int
    kind: Literal["pinned", "banned"]


class PromoContent(TypedDict):
    promo: int
    kind: Literal["pinned", "banned"]


class Content(TypedDict):
    """A whole snapshot. Every key is always there."""

    kicker: str
    headline: str
    front_headline: str
    seo_title: str
    seo_description: str
    social_title: str
    slug: str
    dateline: list[str]
    standfirst: str
    body: str
    section: int
    tags: list[str]
    dossiers: list[int]
    bylines: list[BylineContent]
    lead_image: int | None
    lead_caption: str
    related: list[RelatedContent]
    promos: list[PromoContent]
    genre: str
    language: str
    translation_of: int | None
    canonical_url: str
    is_sensitive: bool
    is_evergreen: bool
    comments_enabled: bool
    ai_use: str


_LINES = (
    "kicker",
    "headline",
    "front_headline",
    "seo_title",
    "seo_description",
    "social_title",
    "lead_caption",
    "canonical_url",
)
_MOST_TAGS = 50
_CHOICES = ("ai_use", "genre", "language")
_FLAGS = {"is_sensitive": False, "is_evergreen": False, "comments_enabled": True}


def make(values: Mapping[str, Any]) -> Content:
    """Return a whole, clean content from whatever keys are given; the rest gets its default.

    Lines lose line breaks, control characters and what is beyond the column's length; the body is
    reduced to the allow list; repeated topics and bylines become one.
    """
    content: dict[str, Any] = {name: _line(name, values.get(name, "")) for name in _LINES}
    content |= {name: bool(values.get(name, default)) for name, default in _FLAGS.items()}
    if not richtext.is_web_address(content["canonical_url"]):
        content["canonical_url"] = ""
    standfirst = richtext.drop_control_characters(str(values.get("standfirst") or "")).strip()
    content["standfirst"] = standfirst[: _length("standfirst")]
    content["body"] = richtext.clean(str(values.get("body") or ""))
    content["slug"] = make_slug(
        str(values.get("slug") or "") or content["headline"],
        max_length=_length("slug") - 10,  # room for what tells two apart
        fallback="text",
    )
    content["dateline"] = [
        place[:80] for place in (_clean_line(p) for p in values.get("dateline") or []) if place
    ][:6]
    content["section"] = int(values["section"])
    content["tags"] = _once(_clean_line(name)[:100] for name in values.get("tags") or [])[
        :_MOST_TAGS
    ]
    content["dossiers"] = _once(int(pk) for pk in values.get("dossiers") or [])
    content["bylines"] = _once_by(
        ("author", "role"),
        (
            {"author": int(entry["author"]), "role": str(entry.get("role") or Byline.Role.TEXT)}
            for entry in values.get("bylines") or []
        ),
    )
    content["related"] = _once_by(
        ("article",),
        (
            {"article": int(entry["article"]), "kind": str(entry.get("kind") or "pinned")}
            for entry in values.get("related") or []
        ),
    )
    content["promos"] = _once_by(
        ("promo",),
        (
            {"promo": int(entry["promo"]), "kind": str(entry.get("kind") or "pinned")}
            for entry in values.get("promos") or []
        ),
    )
    genre, language = str(values.get("genre") or ""), str(values.get("language") or "")
    content["genre"] = genre if genre in Genre.values else Genre.NEWS.value
    content["language"] = language if language in dict(settings.LANGUAGES) else ""
    original = values.get("translation_of")
    content["translation_of"] = int(original) if original else None
    image = values.get("lead_image")
    content["lead_image"] = int(image) if image else None
    ai_use = str(values.get("ai_use") or "")
    content["ai_use"] = ai_use if ai_use in AIUse.values else AIUse.NONE.value
    return cast("Content", content)


def read(article: Article) -> Content:
    """Return the content that an article's rows hold now. Six queries."""
    values: dict[str, Any] = {
        name: getattr(article, name)
        for name in (*_LINES, *_FLAGS, *_CHOICES, "slug", "dateline", "standfirst", "body")
    }
    values["translation_of"] = article.translation_of_id
    values["section"] = article.section_id
    values["lead_image"] = article.lead_image_id
    values["tags"] = [
        item.tag.name for item in article.tagged_items.select_related("tag").order_by("pk")
    ]
    values["dossiers"] = list(
        article.dossier_entries.order_by("pk").values_list("dossier_id", flat=True)
    )
    values["bylines"] = [
        {"author": byline.author_id, "role": byline.role} for byline in article.bylines.all()
    ]
    values["related"] = [
        {"article": choice.other_id, "kind": choice.kind}
        for choice in article.related_choices.all()
    ]
    values["promos"] = [
        {"promo": choice.promo_id, "kind": choice.kind} for choice in article.promo_choices.all()
    ]
    return make(values)


def set_columns(article: Article, content: Content) -> None:
    """Put the content's own columns on an article in memory, without slug, body and the original
    that it translates. No query.
    """
    for name in (*_LINES, *_FLAGS, *_CHOICES, "dateline", "standfirst"):
        setattr(article, name, content[name])  # type: ignore[literal-required]
    article.section_id, article.lead_image_id = content["section"], content["lead_image"]


def set_fields(article: Article, content: Content) -> None:
    """Do what set_columns does for a content that may be old: a section that is gone leaves the
    present one, a picture or an original that is gone leaves none. Two queries, three for a
    translation.
    """
    section = article.section_id
    set_columns(article, content)
    if not Section.objects.filter(pk=content["section"]).exists():
        article.section_id = section
    if not Image.objects.filter(pk=content["lead_image"] or 0).exists():
        article.lead_image_id = None
    article.translation_of_id = _original(article, content["translation_of"])


def _original(article: Article, pk: int | None) -> int | None:
    """Return what an article is a translation of, None for itself and for what is gone."""
    if pk is None or pk == article.pk:
        return None
    original = originals([pk]).get(pk)
    return pk if original == article.pk else original


def originals(pks: Iterable[int | None]) -> dict[int, int]:
    """Map articles to the text that all its translations point at, none of them at another.

    What is gone is left out. One query; none for nothing.
    """
    wanted = {pk for pk in pks if pk}
    found = Article.objects.filter(pk__in=wanted).values_list("pk", "translation_of")
    return {pk: original or pk for pk, original in found} if wanted else {}


def write_rows(article: Article, content: Content) -> None:
    """Make an article's topics, bylines, dossiers and choices those of the content."""
    TaggedArticle.objects.filter(content_object=article).delete()
    TaggedArticle.objects.bulk_create(
        TaggedArticle(content_object=article, tag=tag, published_at=article.published_at)
        for tag in tags_by_name(content["tags"])
    )
    authors = Author.objects.in_bulk([entry["author"] for entry in content["bylines"]])
    article.bylines.all().delete()
    parts = [(entry["author"], entry["role"]) for entry in content["bylines"]]
    Byline.objects.bulk_create(Byline.of(article, (part for part in parts if part[0] in authors)))
    others = Article.objects.in_bulk([entry["article"] for entry in content["related"]])
    article.related_choices.all().delete()
    RelatedArticle.objects.bulk_create(
        RelatedArticle(
            article=article, other=others[entry["article"]], kind=entry["kind"], position=position
        )
        for position, entry in enumerate(content["related"])
        if entry["article"] in others and entry["article"] != article.pk
    )
    promos = Promo.objects.in_bulk([entry["promo"] for entry in content["promos"]])
    article.promo_choices.all().delete()
    PromoChoice.objects.bulk_create(
        PromoChoice(
            article=article, promo=promos[entry["promo"]], kind=entry["kind"], position=position
        )
        for position, entry in enumerate(content["promos"])
        if entry["promo"] in promos
    )
    _write_dossiers(article, content["dossiers"])


def _write_dossiers(article: Article, wanted: list[int]) -> None:
    """Enter an article at the end of new dossiers; its place in the others stays."""
    article.dossier_entries.exclude(dossier__in=wanted).delete()
    known = set(article.dossier_entries.values_list("dossier_id", flat=True))
    for dossier in Dossier.objects.filter(pk__in=wanted).exclude(pk__in=known):
        last = dossier.entries.order_by("-position").values_list("position", flat=True).first()
        DossierEntry.objects.create(dossier=dossier, article=article, position=(last or 0) + 1)


@lru_cache
def _length(name: str) -> int:
    return int(Article._meta.get_field(name).max_length or 0)  # type: ignore[union-attr]


def _clean_line(value: Any) -> str:
    if not value:
        return ""
    return " ".join(richtext.drop_control_characters(str(value or "")).split())


def _line(name: str, value: Any) -> str:
    return _clean_line(value)[: _length(name)]


def _once[T](values: Iterable[T]) -> list[T]:
    return [value for value in dict.fromkeys(values) if value]


def _once_by(keys: tuple[str, ...], entries: Iterable[dict[str, Any]]) -> list[Any]:
    return list(
        {tuple(entry[key] for key in keys): entry for entry in reversed(list(entries))}.values()
    )[::-1]
