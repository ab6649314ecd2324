"""Posts → articles, as placements for articles.workflow; rules for their dates and states."""

from collections import Counter
from dataclasses import dataclass
from textwrap import shorten

from django.utils.translation import gettext as _

from articles import content, frontpage, redirects, workflow
from articles.models import Article, Status
from articles.workflow import Placement
from newsroom.lib.richtext import plain_text

from . import blocks, metafields, shortcodes
from .addresses import old_addresses, without_ending
from .ahead import World, facts_digest
from .dates import moment_of, utc
from .digests import digest_of
from .ledger import Ledger, Line
from .links import note_of
from .media import Library
from .records import Item
from .report import Outcome, Report
from .terms import Terms

_STATES = {
    "publish": Status.PUBLISHED,
    "future": Status.PUBLISHED,
    "pending": Status.IN_REVIEW,
}
_HALF = 32  # hex digits of each of two digests in one column
_HEADLINE, _STANDFIRST = 200, 1000  # characters of the columns
_YEARS = range(1901, 2199)  # what articles.urls can say, in any zone


@dataclass
class Prepared:
    """A post that is ready to be placed."""

    item: Item
    placement: Placement
    addresses: list[str]
    digest: str  # of what was made of it
    source_digest: str  # of what it was made of; empty where another run may find more
    fields: dict[str, list[str]]

    @property
    def both(self) -> str:
        """The digests as a line of the ledger keeps them."""
        return self.digest[:_HALF] + self.source_digest[:_HALF]


class Posts:
    """Places posts in batches. Each batch is called inside a transaction."""

    def __init__(
        self, ledger: Ledger, report: Report, terms: Terms, library: Library, hosts: frozenset[str]
    ) -> None:
        self._ledger = ledger
        self._report = report
        self._terms = terms
        self._library = library
        self._hosts = hosts
        self.world = ""  # digest of all that texts depend on beside what they say themselves

    def read_world(self, language: str) -> World:
        """Return what reading ahead needs to know; `language` is that of the stems."""
        return World(self._hosts, language, self._library.reusable)

    def find_unchanged(self, items: list[Item]) -> set[str]:
        """Return the keys of posts that came in from the same text in the same world. One query."""
        known = self._ledger.find("post", [item.key for item in items])
        return {
            item.key
            for item in items
            if (line := known.get(item.key)) is not None
            and line.target
            and line.digest[_HALF:] == self._source_digest(item)[:_HALF]
        }

    def _source_digest(self, item: Item) -> str:
        said = item.ready.digest if item.ready else facts_digest(item)
        return digest_of([self.world, said])

    def prepare(self, item: Item) -> Prepared | tuple[Outcome, str]:
        """Turn one post into a placement, or say why it is left out. Raises ValueError."""
        if item.status == "trash":
            return Outcome.SKIPPED, _("in the trash")
        status = Status.DRAFT if item.has_password else _STATES.get(item.status, Status.DRAFT)
        published_at = (
            moment_of(item.date_gmt, item.date, item.pub_date)
            if status == Status.PUBLISHED
            else None
        )
        if status == Status.PUBLISHED and published_at is None:
            return Outcome.FAILED, _("it has no date")
        if published_at and published_at.year not in _YEARS:
            return Outcome.FAILED, _("its date is out of range")
        modified_at = utc(item.modified_gmt)
        if published_at is None or modified_at is None or modified_at <= published_at:
            modified_at = None
        gaps = self._report.missing_files.total()
        placement = Placement(self._content(item), status, published_at, modified_at)
        placement.wording = item.ready.wording if item.ready else None
        addresses = old_addresses(item)
        facts = [placement.content, status, published_at, modified_at, addresses]
        fields = metafields.custom_fields(item) | _too_long(item)
        is_whole = self._report.missing_files.total() == gaps
        source = self._source_digest(item) if is_whole else ""
        return Prepared(item, placement, addresses, digest_of(facts), source, fields)

    def place(self, prepared: list[Prepared]) -> list[tuple[Outcome, str]]:
        """Create what is new in bulk, update what has changed; say what became of each."""
        keys = [one.item.key for one in prepared]
        known = self._ledger.find("post", keys, with_fields=True)
        new = [one for one in prepared if not getattr(known.get(one.item.key), "target_id", None)]
        articles = workflow.place([one.placement for one in new])
        pairs = list(zip(new, articles, strict=True))
        self._remember(pairs)
        for one, article in pairs:
            if article.month and article.slug != one.placement.content["slug"]:
                wanted = f"/{article.month:%Y/%m}/{one.placement.content['slug']}/"
                self._report.slug_clashes[wanted] += 1
        if sticky := [article for one, article in pairs if one.item.is_sticky and article.is_live]:
            frontpage.pin_placed(sticky)
        fresh = {one.item.key for one in new}
        return [
            (Outcome.IMPORTED, "")
            if one.item.key in fresh
            else self._place_again(one, known[one.item.key])
            for one in prepared
        ]

    def _place_again(self, one: Prepared, entry: Line) -> tuple[Outcome, str]:
        if entry.digest[:_HALF] == one.digest[:_HALF]:
            if entry.fields != one.fields or entry.digest != one.both:
                entry.fields, entry.digest = one.fields, one.both
                self._ledger.write([entry])
            return Outcome.UNCHANGED, ""
        article = Article.objects.filter(pk=entry.target_id or 0).first()
        if article is None:
            return Outcome.SKIPPED, _("deleted here since")
        if article.log.exclude(by=None).exists():
            return Outcome.SKIPPED, _("edited here since")
        if article.live_id and one.placement.status != Status.PUBLISHED:
            return Outcome.SKIPPED, _("public here, no longer there: decide by hand")
        if not workflow.place_again(article, one.placement):
            return Outcome.SKIPPED, _("edited here since")
        article.refresh_from_db()
        self._remember([(one, article)])
        return Outcome.UPDATED, ""

    def _remember(self, placed: list[tuple[Prepared, Article]]) -> None:
        addresses: dict[str, Article] = {}
        for one, article in placed:
            for path in one.addresses:
                addresses.setdefault(path, article)
        redirects.remember_all(addresses)
        target = Article._meta.label_lower
        self._ledger.write(
            [
                Line(
                    "post",
                    one.item.key,
                    target=target,
                    target_id=a.pk,
                    digest=one.both,
                    note=note_of(one.placement.content["body"]),
                    fields=one.fields,
                )
                for one, a in placed
            ]
        )

    def _content(self, item: Item) -> content.Content:
        if metafields.is_kept_from_search(item):
            self._report.notes[_("kept from search engines there, not here")] += 1
        section, tags = self._terms.shelves_of(item, metafields.primary_category(item))
        body = self._body(item)
        title = plain_text(item.title).replace("\n", " ")
        standfirst = plain_text(_without_shortcodes(item.excerpt))
        is_long = len(title) > _HEADLINE
        headline = shorten(title, _HEADLINE, placeholder=" …") if is_long else title
        self._report.fit(title, _HEADLINE, _("headline"))
        return content.make(
            {
                "headline": headline or self._headline_from(body),
                "slug": without_ending(item.name),
                "standfirst": self._report.fit(standfirst, _STANDFIRST, _("standfirst")),
                **metafields.search_words(item, self._hosts),
                "body": body,
                "section": section,
                "tags": tags,
                "bylines": [{"author": pk} for pk in self._terms.authors_of(item)],
                "lead_image": self._library.lead(item),
                "comments_enabled": item.comments_open,
                **item.words,
            }
        )

    def _body(self, item: Item) -> str:
        """Return a text's HTML, and note what of it was left behind."""
        if item.ready is None or item.ready.body is None:
            return blocks.to_html(item.body, self._library.context(item))
        self._report.leftovers.update(item.ready.leftovers)
        self._report.other_files.update(item.ready.files)
        return item.ready.body

    def _headline_from(self, body: str) -> str:
        """Return the first words of a text without a title: a list needs something to click on."""
        self._report.notes[_("without a title: the first words of the text taken")] += 1
        return shorten(plain_text(body), 70, placeholder=" …") or _("Untitled")


def _too_long(item: Item) -> dict[str, list[str]]:
    """Return what our columns cannot hold whole."""
    texts = {"(title)": (item.title, _HEADLINE), "(excerpt)": (item.excerpt, _STANDFIRST)}
    return {name: [text] for name, (text, length) in texts.items() if len(text) > length}


def _without_shortcodes(text: str) -> str:
    return shortcodes.expand(text, lambda ids: "", Counter())
