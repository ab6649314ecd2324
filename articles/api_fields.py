"""What the API tells of an article: one function and one schema per field, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from newsroom.lib.addresses import absolute

from . import facts
from .models import AIUse, Article, Author, Byline, Correction, Genre

type Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_NO_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
_URL: Schema = {"type": "string", "format": "uri"}


@dataclass(frozen=True)
class Field:
    """One field: how it is made of a row read by the API's queries, and its JSON schema."""

    of: Callable[[Article], Any]
    schema: Schema
    in_lists: bool = True


def represent(article: Article, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return the wanted fields of an article. No query for rows that the API has read."""
    return {name: FIELDS[name].of(article) for name in fields}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _section(article: Article) -> dict[str, Any]:
    shelf = article.section
    return {
        "slug": shelf.slug,
        "name": shelf.name,
        "url": absolute(shelf.get_absolute_url()),
    }


def _authors(article: Article) -> list[dict[str, Any]]:
    return [_signature(byline.author, byline.role) for byline in article.bylines.all()]


def _signature(author: Author, role: str) -> dict[str, Any]:
    return {
        "slug": author.slug,
        "name": author.name,
        "role": role,
        "url": absolute(author.get_absolute_url()),
    }


def _topics(article: Article) -> list[dict[str, Any]]:
    return [
        {"slug": tag.slug, "name": tag.name, "url": absolute(tag.get_absolute_url())}
        for tag in article.tags.all()
    ]


def _image(article: Article) -> dict[str, Any] | None:
    if article.lead_image is None:
        return None
    crop = facts.crop(article.lead_image)
    return {
        "url": crop.url,
        "width": crop.width,
        "height": crop.height,
        "alt": crop.alt,
        "caption": article.caption,
        "credit": crop.credit,
    }


def _ai(article: Article) -> dict[str, Any]:
    return {"use": article.ai_use, "reviewed_at": facts.iso(article.ai_reviewed_at) or None}


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "kind": correction.kind,
        "text": correction.text,
        "corrected_at": facts.iso(correction.corrected_at),
    }


_NAMED = {"slug": _TEXT, "name": _TEXT, "url": _URL}
FIELDS: dict[str, Field] = {
    "id": Field(lambda article: article.pk, {"type": "integer"}),
    "url": Field(facts.url_of, _URL),
    "headline": Field(lambda article: article.headline, _TEXT),
    "kicker": Field(lambda article: article.kicker, _TEXT),
    "standfirst": Field(lambda article: article.standfirst, _TEXT),
    "genre": Field(
        lambda article: article.genre, {"type": "string", "enum": [str(g) for g in Genre.values]}
    ),
    "language": Field(facts.language_of, _TEXT),
    "published_at": Field(lambda article: facts.iso(article.published_at), _TIME),
    "updated_at": Field(lambda article: facts.iso(article.updated_at) or None, _NO_TIME),
    "section": Field(_section, _object(**_NAMED)),
    "topics": Field(_topics, {"type": "array", "items": _object(**_NAMED)}),
    "authors": Field(
        _authors,
        {
            "type": "array",
            "items": _object(
                **_NAMED, role={"type": "string", "enum": [str(r) for r in Byline.Role.values]}
            ),
        },
    ),
    "dateline": Field(lambda article: article.dateline, {"type": "array", "items": _TEXT}),
    "image": Field(
        _image,
        {
            "oneOf": [
                {"type": "null"},
                _object(
                    url=_URL, width={"type": "integer"}, height={"type": "integer"}, alt=_TEXT,
                    caption=_TEXT, credit=_TEXT,
                ),
            ]
        },
    ),
    "word_count": Field(lambda article: article.word_count, {"type": "integer"}),
    "canonical_url": Field(lambda article: article.canonical_url or facts.url_of(article), _URL),
    "ai": Field(
        _ai,
        _object(
            use={"type": "string", "enum": [str(use) for use in AIUse.values]}, reviewed_at=_NO_TIME
        ),
    ),
    "corrections": Field(
        lambda article: [_correction(correction) for correction in article.corrections.all()],
        {"type": "array", "items": _object(kind=_TEXT, text=_TEXT, corrected_at=_TIME)},
    ),
    # The text alone: what is sold beside it never stands in it.
    "body_html": Field(
        lambda article: facts.portable(article.body_html), _TEXT, in_lists=False
    ),
}  # fmt: skip
LIST_FIELDS = tuple(name for name, field in FIELDS.items() if field.in_lists)
