"""A content as texts that people read. Called by compare.py and the admin."""

import re
from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import (
    AIUse,
    Article,
    Author,
    Byline,
    Dossier,
    Genre,
    Image,
    Promo,
    PromoChoice,
    RelatedArticle,
    Section,
)

# In the order in which the form shows them.
LABELS: dict[str, str | Promise] = {
    "kicker": gettext_lazy("Kicker"),
    "headline": gettext_lazy("Headline"),
    "standfirst": gettext_lazy("Standfirst"),
    "dateline": gettext_lazy("Dateline"),
    "body": gettext_lazy("Text"),
    "bylines": gettext_lazy("Bylines"),
    "section": gettext_lazy("Section"),
    "tags": gettext_lazy("Topics"),
    "dossiers": gettext_lazy("Dossiers"),
    "lead_image": gettext_lazy("Lead image"),
    "lead_caption": gettext_lazy("Caption here"),
    "related": gettext_lazy("Related articles"),
    "promos": gettext_lazy("Promos"),
    "front_headline": gettext_lazy("Headline on front pages"),
    "seo_title": gettext_lazy("Title for search engines"),
    "seo_description": gettext_lazy("Description for search engines"),
    "social_title": gettext_lazy("Title for social media"),
    "slug": gettext_lazy("Address"),
    "genre": gettext_lazy("Kind of text"),
    "language": gettext_lazy("Language"),
    "translation_of": gettext_lazy("Translation of"),
    "canonical_url": gettext_lazy("Original at"),
    "is_sensitive": gettext_lazy("Sensitive"),
    "is_evergreen": gettext_lazy("Evergreen"),
    "comments_enabled": gettext_lazy("Comments allowed"),
    "ai_use": gettext_lazy("Use of AI"),
}

_CHOICES: dict[str, dict[str, Any]] = {
    "ai_use": dict(AIUse.choices),
    "genre": dict(Genre.choices),
    "language": dict(settings.LANGUAGES),
}
# What editors pin or ban: the key of its id and the words for the two.
_CHOSEN: dict[str, tuple[str, dict[str, Any]]] = {
    "related": ("article", dict(RelatedArticle.Kind.choices)),
    "promos": ("promo", dict(PromoChoice.Kind.choices)),
}
_Names = dict[str, dict[int, str]]

# What stands before and after a piece of text in the written-down body.
_MARKS = {
    "strong": ("**", "**"),
    "em": ("*", "*"),
    "s": ("~~", "~~"),
    "sub": ("_{", "}"),
    "sup": ("^{", "}"),
    "code": ("`", "`"),
    "td": ("| ", " "),
    "th": ("| ", " "),
    "h2": ("## ", ""),
    "h3": ("### ", ""),
    "li": ("• ", ""),
    "figcaption": ("↳ ", ""),
    "hr": ("———", ""),
    "br": (" ↵ ", ""),
}
_CELLS = {"td", "th"}
# A mark that stands before a block: both belong on one line.
_AFTER_MARK = re.compile(r"(^[•»>↳] )\n+", re.MULTILINE)
_BLOCKS = {"p", "h2", "h3", "li", "blockquote", "figure", "figcaption", "aside", "tr", "pre", "hr"}


def readable(
    *contents: dict[str, Any], only: Iterable[str] = tuple(LABELS)
) -> list[dict[str, str]]:
    """Return contents as texts by field. At most seven queries, for the names of rows."""
    wanted = list(only)
    names = _names(contents, wanted)
    return [
        {name: _text(name, content.get(name), names) for name in wanted} for content in contents
    ]


def _names(contents: Sequence[dict[str, Any]], wanted: Iterable[str]) -> _Names:
    """Look the names of all rows up that the wanted fields of some contents point at."""
    sources: dict[str, tuple[QuerySet[Any], Callable[[Any], Iterable[int | None]]]] = {
        "section": (Section.objects.all(), lambda value: [value]),
        "lead_image": (Image.objects.all(), lambda value: [value]),
        "translation_of": (Article.objects.only("headline"), lambda value: [value]),
        "dossiers": (Dossier.objects.all(), lambda value: value),
        "bylines": (Author.objects.all(), lambda value: [entry["author"] for entry in value]),
        "related": (
            Article.objects.only("headline"),
            lambda value: [entry["article"] for entry in value],
        ),
        "promos": (
            Promo.objects.only("title"),
            lambda value: [entry["promo"] for entry in value],
        ),
    }
    names: _Names = {}
    for field in set(wanted) & set(sources):
        rows, ids_of = sources[field]
        values = [content[field] for content in contents if content.get(field)]
        ids = {pk for value in values for pk in ids_of(value)}
        found: dict[int, Model] = rows.in_bulk(ids) if ids else {}
        names[field] = {pk: str(row) for pk, row in found.items()}
    return names


def _text(name: str, value: Any, names: _Names) -> str:
    def called(pk: int) -> str:
        return names[name].get(pk) or _("(no longer there: no. %(pk)s)") % {"pk": pk}

    if name in {"section", "lead_image", "translation_of"}:
        return called(value) if value else ""
    if name == "dossiers":
        return "\n".join(called(pk) for pk in value or [])
    if name == "bylines":
        roles = dict(Byline.Role.choices)
        return "\n".join(
            f"{called(entry['author'])} ({roles.get(entry['role'], entry['role'])})"
            for entry in value or []
        )
    if name in _CHOSEN:
        key, kinds = _CHOSEN[name]
        return "\n".join(
            f"{called(entry[key])} ({kinds.get(entry['kind'], entry['kind'])})"
            for entry in value or []
        )
    return _plain(name, value)


def _plain(name: str, value: Any) -> str:
    if name == "body":
        return body_text(value or "")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value or ""))
    if name == "dateline":
        return " / ".join(value or [])
    if isinstance(value, list):
        return "\n".join(value)
    return str(value or "")


def body_text(html: str) -> str:
    """Return a body as lines in which every change shows: marks, links and pictures included."""
    reader = _BodyReader()
    reader.feed(html)
    reader.close()
    text = _AFTER_MARK.sub(r"\1", "".join(reader.out))
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


class _BodyReader(HTMLParser):
    """Writes a cleaned body down in a kind of Markdown; never turned back into HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._links: list[str] = []
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._break(tag)
        self._cells += tag in _CELLS
        self.out.append(_MARKS.get(tag, ("", ""))[0])
        if tag == "a":
            self._links.append(given.get("href", ""))
        elif tag == "img":
            words = {"number": given.get("data-file", "?"), "label": given.get("alt", "")}
            self.out.append(_("[Picture %(number)s: %(label)s]") % words)
        elif tag == "aside":
            self.out.append(_("[Fact box]") + "\n")
        elif tag == "blockquote":
            self.out.append("» " if given.get("class") == "pullquote" else "> ")

    def handle_endtag(self, tag: str) -> None:
        self.out.append(_MARKS.get(tag, ("", ""))[1])
        self._cells -= tag in _CELLS
        if tag == "a" and self._links:
            href = self._links.pop()
            self.out.append(f" [→ {href}]" if href not in self.out[-2:] else "")
        elif tag == "aside":
            self.out.append("\n" + _("[End of the fact box]"))
        self._break(tag)

    def _break(self, tag: str) -> None:
        """Begin a new line at a block; the cells of a table's row stay on one."""
        if tag in _BLOCKS and not self._cells:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        self.out.append(data.replace("\n", " "))
