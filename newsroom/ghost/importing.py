"""The run: people, tags, texts of a Ghost export, each record with its end in the report.

Every batch is one transaction with its lines in the ledger, as in newsroom/wordpress, whose
classes do the work: a run that was killed is finished by running it again.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from html import escape
from itertools import batched
from pathlib import Path

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from articles import redirects
from articles.models import Author, Section
from newsroom.lib import pagecache
from newsroom.lib.richtext import is_web_address
from newsroom.wordpress import links
from newsroom.wordpress.addresses import hosts_of
from newsroom.wordpress.downloads import Downloads
from newsroom.wordpress.ledger import Ledger, Line
from newsroom.wordpress.media import Folder, Library
from newsroom.wordpress.pages import Pages
from newsroom.wordpress.posts import Posts, Prepared
from newsroom.wordpress.reader import term_key
from newsroom.wordpress.records import AUTHOR, CATEGORY, GUEST_AUTHOR, TAG, Item, Label, TermRecord
from newsroom.wordpress.report import End, Outcome, Report
from newsroom.wordpress.terms import Terms, fill_menu

from .export import Export, Row, read, text
from .members import take_members
from .texts import Site, Texts, is_internal, key_of, kind_of, sections_of

_BATCH = 100
_JOINS = ("posts_tags", "posts_authors", "posts_meta")
_OLD_PATHS = {"/rss/": "/feed/", "/sitemap-posts.xml": "/sitemap.xml"}


@dataclass(frozen=True)
class Options:
    """What whoever imports has to say.

    `media`: the old content folder. `site`: the old site's address, from which `downloads` fetch
    missing pictures. `sections`: slugs of tags that become sections; None: those that stand first
    in three texts. `permalink`: how routes.yaml made addresses. `members`: those who prove their
    consent become readers of the newsletter.
    """

    media: Path | None = None
    is_dry: bool = False
    site: str = ""
    downloads: bool = False
    sections: frozenset[str] | None = None
    permalink: str = "/{slug}/"
    members: bool = False


def run(path: Path, options: Options | None = None) -> Report:
    """Import an export of Ghost; return what became of every record.

    A dry run does everything in one transaction and undoes it; it stores no file. Raises
    reader.Unreadable before anything is written.
    """
    options = options or Options()
    export = read(path)
    report = Report()
    with transaction.atomic() if options.is_dry else nullcontext():
        _Run(export, options, report).run()
        if options.is_dry:
            transaction.set_rollback(True)
    report.check()
    return report


class _Run:
    def __init__(self, export: Export, options: Options, report: Report) -> None:
        self._export, self._options, self._report = export, options, report
        self._ledger = Ledger(export.source)
        address = options.site.rstrip("/") if is_web_address(options.site) else ""
        hosts = hosts_of(address)
        self._terms = Terms(self._ledger, report, {})
        self._library = Library(
            self._ledger,
            Folder(_pictures(options.media)),
            report,
            hosts,
            keeps_files=not options.is_dry,
            downloads=Downloads(hosts, report) if options.downloads else None,
        )
        self._posts = Posts(self._ledger, report, self._terms, self._library, hosts)
        self._pages = Pages(self._ledger, report, self._library)
        tags = {text(row, "id"): row for row in export.rows("tags")}
        sections = options.sections
        self._texts = Texts(
            export,
            Site(address, hosts, options.permalink),
            self._library,
            report,
            sections_of(export, tags) if sections is None else sections,
            tags,
            {text(row, "id"): row for row in export.rows("users")},
        )

    def run(self) -> None:
        with transaction.atomic():
            self._take_users()
            self._take_tags()
        self._take_texts()
        for table in _JOINS:
            self._take_joins(table)
        take_members(self._export, self._report, is_wanted=self._options.members)
        self._leave_the_rest()
        links.follow(self._ledger, self._report)
        with transaction.atomic():
            redirects.remember_all(_OLD_PATHS)
            fill_menu(self._ledger)
            pagecache.purge("site")

    # --- People and tags -------------------------------------------------------------------------

    def _take_users(self) -> None:
        """Make profiles of those who sign; mail addresses and accounts stay there."""
        signed = {text(row, "author_id") for row in self._export.rows("posts_authors")}
        signed |= {text(row, "author_id") for row in self._export.rows("posts")}
        for user in self._export.rows("users"):
            self._report.expect("user")
            if text(user, "id") not in signed:
                self._report.count("user", Outcome.SKIPPED, _("signs no text"))
                continue
            self._count("user", text(user, "slug"), self._safely(self._take_user, user))

    def _take_user(self, user: Row) -> End:
        slug, name = text(user, "slug"), escape(text(user, "name"), quote=False)
        item = Item(GUEST_AUTHOR, slug, name=slug, title=name)
        item.meta = {
            "cap-user_login": [slug],
            "cap-display_name": [name],
            "cap-description": [escape(text(user, "bio"), quote=False)],
            "cap-website": [text(user, "website")],
        }
        end = self._terms.take_guest(item)
        if end[0] != Outcome.FAILED and (portrait := text(user, "profile_image")):
            item.labels = [Label(AUTHOR, slug, name)]
            self._hang_portrait(slug, self._terms.authors_of(item), portrait, name)
        return end

    def _hang_portrait(self, slug: str, profiles: list[int], url: str, name: str) -> None:
        """Give a profile its picture, once: afterwards it is for people here to change."""
        if self._ledger.find("portrait", [slug]) or not profiles:
            return
        if (image := self._texts.picture(url, name)) is not None:
            Author.objects.filter(pk__in=profiles, portrait=None).update(portrait=image)
            target = "articles.image"
            self._ledger.write([Line("portrait", slug, target=target, target_id=image)])

    def _take_tags(self) -> None:
        sections: list[TermRecord] = []
        for tag in self._export.rows("tags"):
            self._report.expect("tag")
            record = _term(tag, is_section=text(tag, "slug") in self._texts.sections)
            if is_internal(tag):
                self._report.count("tag", Outcome.SKIPPED, _("internal, readers never saw it"))
            elif record.kind == CATEGORY:
                sections.append(record)
            else:
                self._count("tag", record.key, self._safely(self._terms.take_tag, record))
        ends = self._terms.take_categories(sections)
        for record, end in zip(sections, ends, strict=True):
            self._count("tag", record.key, end)
        self._lead_to_sections(sections)

    def _lead_to_sections(self, records: list[TermRecord]) -> None:
        targets = self._ledger.targets(CATEGORY)
        rows = Section.objects.in_bulk(targets.values())
        redirects.remember_all(
            {
                f"/tag/{record.slug}/": rows[targets[record.key]]
                for record in records
                if targets.get(record.key) in rows
            }
        )

    # --- Texts -----------------------------------------------------------------------------------

    def _take_texts(self) -> None:
        seen: set[str] = set()
        for batch in batched(self._export.rows("posts"), _BATCH, strict=False):
            fresh = []
            for post in batch:
                self._report.expect(kind_of(post))
                key = key_of(post)
                if not key or key in seen:
                    reason = _("repeated in the file") if key else _("no number")
                    self._report.count(kind_of(post), Outcome.SKIPPED, reason)
                    continue
                seen.add(key)
                fresh.append(post)
            with transaction.atomic():
                self._take_batch(fresh)

    def _take_batch(self, posts: Sequence[Row]) -> None:
        """Prepare texts one by one and place them together; one by one where that fails."""
        prepared: list[Prepared] = []
        for post in posts:
            if kind_of(post) == "page":
                self._count("page", key_of(post), self._safely(self._take_page, post))
                continue
            made = self._prepare(post)
            if isinstance(made, Prepared):
                prepared.append(made)
            else:
                self._leave("post", key_of(post), made)
        try:
            with transaction.atomic():
                ends = self._posts.place(prepared)
        except (DatabaseError, ValueError):
            ends = [self._safely(lambda one: self._posts.place([one])[0], one) for one in prepared]
        for one, end in zip(prepared, ends, strict=True):
            self._count("post", one.item.key, end)

    def _prepare(self, post: Row) -> Prepared | End:
        try:
            with transaction.atomic():
                return self._posts.prepare(self._texts.item(post))
        except (DatabaseError, ValueError) as error:
            self._terms.reload()  # what the transaction took back
            return Outcome.FAILED, _short(error)

    def _take_page(self, post: Row) -> End:
        return self._pages.take(self._texts.item(post))

    # --- What is no text -------------------------------------------------------------------------

    def _take_joins(self, table: str) -> None:
        """Count the rows that say what belongs together: they were read with their texts."""
        posts = {text(row, "id") for row in self._export.rows("posts")}
        for row in self._export.rows(table):
            is_known = text(row, "post_id") in posts
            reason = _("read with the text") if is_known else _("its text is not in the file")
            self._report.expect(table)
            self._report.count(table, Outcome.SKIPPED, reason)

    def _leave_the_rest(self) -> None:
        for table, rows in sorted(self._export.tables.items()):
            if table in {"posts", "users", "tags", *_JOINS} or table.startswith("members"):
                continue
            for row in rows:
                if text(row, "key").startswith("codeinjection") and text(row, "value"):
                    self._report.leftovers[_("code injection")] += 1
                self._report.expect(table)
                self._report.count(table, Outcome.SKIPPED, _("of no use here"))

    # --- All of them -----------------------------------------------------------------------------

    def _safely[R](self, take: Callable[[R], End], record: R) -> End:
        """Take one record; what the database refuses fails alone."""
        try:
            with transaction.atomic():
                return take(record)
        except (DatabaseError, ValueError) as error:
            self._terms.reload()
            return Outcome.FAILED, _short(error)

    def _leave(self, kind: str, key: str, end: End) -> None:
        """Count a record that is left out, and keep a line of it unless it has one."""
        if not self._ledger.find(kind, [key]):
            self._ledger.write([Line(kind, key, note=end[1])])
        self._count(kind, key, end)

    def _count(self, kind: str, key: str, end: End) -> None:
        outcome, reason = end
        if outcome == Outcome.FAILED:
            reason = f"{key}: {reason}"
        self._report.count(kind, outcome, reason)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _pictures(media: Path | None) -> Path | None:
    """Return the folder of pictures in what was named: Ghost's, its content, or that itself."""
    inner = [media / "content" / "images", media / "images", media] if media else []
    return next((folder for folder in inner if folder.is_dir()), None)


def _term(tag: Row, *, is_section: bool) -> TermRecord:
    slug, name = text(tag, "slug"), escape(text(tag, "name"), quote=False)
    kind = CATEGORY if is_section else TAG
    return TermRecord(
        kind,
        term_key(slug, name),
        taxonomy=kind,
        slug=slug,
        name=name,
        description=escape(text(tag, "description"), quote=False),
    )
