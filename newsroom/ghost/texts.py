"""A text of Ghost in the words of the WordPress importer, which does the rest."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.lib.richtext import is_web_address, plain_text
from newsroom.wordpress.media import Library, is_upload
from newsroom.wordpress.records import AUTHOR, CATEGORY, Item, Label
from newsroom.wordpress.report import Report

from .cards import plain_cards
from .documents import body_of
from .export import Export, Row, moment, text

_STATES = {"published": "publish", "scheduled": "future"}
_SIZE = re.compile(r"/content/images/size/[wh]\d+[^/]*/(?:format/\w+/)?")
# Blocks.to_html takes line breaks of what has no mark of the block editor for the author's.
_NO_LINE_BREAKS = "<!-- wp:html -->"
# What our rows have no place for, kept beside the import's ledger.
_KEPT = ("custom_template", "og_image", "twitter_image", "og_description", "twitter_title",
         "twitter_description", "frontmatter", "feature_image")  # fmt: skip


@dataclass
class Site:
    """Where the old site stood: `address` without a slash at its end, empty if nobody said."""

    address: str = ""
    hosts: frozenset[str] = frozenset()
    permalink: str = "/{slug}/"


@dataclass
class Texts:
    """Makes items of texts. `sections`: the slugs of tags that are sections here."""

    export: Export
    site: Site
    library: Library
    report: Report
    sections: Collection[str] = ()
    tags: Mapping[str, Row] = field(default_factory=dict)
    users: Mapping[str, Row] = field(default_factory=dict)

    def item(self, post: Row) -> Item:
        """Return a post or page, with what only Ghost says of it in `words`."""
        meta = next(iter(self.export.related("posts_meta", post)), {})
        # Older versions had these in the post itself.
        row = {**meta, **{name: value for name, value in post.items() if value is not None}}
        item = Item(kind_of(post), key_of(post))
        item.title = escape(text(row, "title"), quote=False)
        item.name = text(row, "slug")
        item.status = self._status(row)
        item.body = self._body(row)
        item.comments_open = True
        item.is_sticky = row.get("featured") in {1} and item.status == "publish"
        published = moment(row, "published_at", "created_at")
        modified = moment(row, "updated_at")
        item.date_gmt = published.strftime("%Y-%m-%d %H:%M:%S") if published else ""
        item.modified_gmt = modified.strftime("%Y-%m-%d %H:%M:%S") if modified else ""
        item.labels = self._labels(row)
        item.link = self._link(row, item, published)
        item.meta = {name: [value] for name in _KEPT if (value := text(row, name))}
        item.words = self._words(row)
        self._note_dropped(row)
        if item.kind == "page" and (excerpt := text(row, "custom_excerpt")):
            item.meta["custom_excerpt"] = [excerpt]
        return item

    def _status(self, row: Row) -> str:
        """Return WordPress' word for a state; what was not for everybody is a draft here."""
        state = text(row, "status") or "draft"
        visibility = text(row, "visibility") or "public"
        if state in _STATES and visibility != "public":
            note = _("for members only there (%(who)s): a draft here")
            self.report.notes[note % {"who": visibility}] += 1
            return "draft"
        if state == "sent":
            self.report.notes[_("sent by e-mail only there: a draft here")] += 1
        return _STATES.get(state, "draft")

    def _body(self, row: Row) -> str:
        html = self._addressed(plain_cards(body_of(row, self.report.leftovers)))
        picture = self._addressed(text(row, "feature_image"))
        if kind_of(row) == "page" and picture:
            html = f'<figure><img src="{escape(picture)}" alt=""></figure>{html}'
        # No bracket is a shortcode.
        return _NO_LINE_BREAKS + html.replace("[", "&#91;")

    def _addressed(self, html: str) -> str:
        """Put the old site's address in, and pictures' originals for their smaller versions."""
        html = html.replace("__GHOST_URL__", self.site.address)
        return _SIZE.sub("/content/images/", html)

    def _labels(self, row: Row) -> list[Label]:
        """Return authors, sections and topics; internal tags (#name) stay behind."""
        labels = []
        for related in self.export.related("posts_authors", row):
            if user := self.users.get(text(related, "author_id")):
                labels.append(Label(AUTHOR, text(user, "slug"), text(user, "name")))
        if not labels and (user := self.users.get(text(row, "author_id"))):
            labels.append(Label(AUTHOR, text(user, "slug"), text(user, "name")))
        for related in self.export.related("posts_tags", row):
            tag = self.tags.get(text(related, "tag_id"))
            if tag is not None and not is_internal(tag):
                slug = text(tag, "slug")
                taxonomy = CATEGORY if slug in self.sections else "post_tag"
                labels.append(Label(taxonomy, slug, escape(text(tag, "name"), quote=False)))
        return labels

    def _link(self, row: Row, item: Item, at: datetime | None) -> str:
        """Return the old address; of pages Ghost never made any other than /slug/."""
        pattern = self.site.permalink if item.kind == "post" else "/{slug}/"
        day = timezone.localtime(at or datetime.now(UTC))
        values = {
            "slug": item.name,
            "id": text(row, "id"),
            "year": f"{day:%Y}",
            "month": f"{day:%m}",
            "day": f"{day:%d}",
            "primary_tag": next((one.slug for one in item.labels if one.taxonomy != AUTHOR), "all"),
            "primary_author": next(
                (one.slug for one in item.labels if one.taxonomy == AUTHOR), "all"
            ),
        }
        path = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), pattern)
        return path if item.name else ""

    def _words(self, row: Row) -> dict[str, Any]:
        """Return what of a content Ghost says in fields of its own."""
        canonical = text(row, "canonical_url").replace("__GHOST_URL__", self.site.address)
        host = re.sub(r"^https?://|[/:].*$", "", canonical)
        is_own = host in self.site.hosts
        words: dict[str, Any] = {
            "standfirst": text(row, "custom_excerpt"),
            "seo_title": text(row, "meta_title"),
            "seo_description": text(row, "meta_description"),
            "social_title": text(row, "og_title") or text(row, "twitter_title"),
            "canonical_url": canonical if is_web_address(canonical) and not is_own else "",
            "lead_caption": plain_text(text(row, "feature_image_caption")),
            "lead_image": None,
        }
        if kind_of(row) == "post":
            words["lead_image"] = self._lead(row)
        return words

    def _lead(self, row: Row) -> int | None:
        """Return the picture on top: the text's own, else the one for social media."""
        names = ("feature_image", "image", "og_image", "twitter_image")
        url = next((value for name in names if (value := text(row, name))), "")
        return self.picture(url, text(row, "feature_image_alt")) if url else None

    def picture(self, url: str, alt: str) -> int | None:
        """Return a picture of the old site as one of the library, None if it is not to be had."""
        url = self._addressed(url)
        if not is_upload(url):
            self.report.notes[_("pictures of other sites on top of texts: not taken")] += 1
            return None
        found = self.library.find("", url, alt)
        return found.pk if found else None

    def _note_dropped(self, row: Row) -> None:
        for name in ("codeinjection_head", "codeinjection_foot"):
            if text(row, name):
                self.report.leftovers[_("code injection")] += 1
        if "/content/files/" in text(row, "html") or "/content/media/" in text(row, "html"):
            self.report.notes[_("texts with files or recordings, which stay on the old site")] += 1


def key_of(post: Row) -> str:
    """Return a text's identity: numbers are those of one file only."""
    return (text(post, "uuid") or text(post, "id"))[:200]


def kind_of(post: Row) -> str:
    is_page = text(post, "type") == "page" or post.get("page") in {1}
    return "page" if is_page else "post"


def is_internal(tag: Row) -> bool:
    """Tell whether a tag is one of the editors' own, which readers never see."""
    return text(tag, "visibility") == "internal" or text(tag, "name").startswith("#")


def sections_of(export: Export, tags: Mapping[str, Row], least: int = 3) -> set[str]:
    """Return the slugs of tags that stand first in at least so many texts."""
    first: Counter[str] = Counter()
    for post in export.rows("posts"):
        named = [tags.get(text(one, "tag_id"), {}) for one in export.related("posts_tags", post)]
        public = [text(tag, "slug") for tag in named if tag and not is_internal(tag)]
        first.update(public[:1] if kind_of(post) == "post" else [])
    return {slug for slug, number in first.items() if number >= least}
