"""Authors, sections and topics: created once, updated while nobody here has changed them."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from articles import redirects
from articles.models import RESERVED_SLUGS, Author, Section, Tag, tag_key
from newsroom.lib.richtext import drop_control_characters, is_web_address, plain_text
from newsroom.lib.slugs import make_slug

from .digests import digest_of
from .ledger import Ledger, Line
from .reader import Unreadable, author_key, term_key
from .records import ATTACHMENT, AUTHOR, CATEGORY, TAG, AuthorRecord, Item, Label, TermRecord
from .report import Outcome, Report

_MENU_SIZE = 8
_USUAL_DESCRIPTION = 300  # characters that the form takes
_DEFAULT_SECTION = "(default)"
_PORTRAIT = "portrait"  # a line for each that has been hung
_GUEST = "cap:"  # before the key of a guest author
type Values = dict[str, Any]
type Whole = dict[str, list[str]]
type Row = Author | Section | Tag


class Terms:
    """The terms of one source."""

    def __init__(self, ledger: Ledger, report: Report, names: Mapping[str, str]) -> None:
        self._ledger = ledger
        self._names = names  # of authors, by login, as whoever imports wants them
        self._report = report
        self._met: set[tuple[str, str]] = set()
        self._portraits: dict[str, str] = {}  # of guests, the numbers of their pictures
        self._numbers: dict[str, str] = {}  # of categories, to their keys
        self.reload()

    def reload(self) -> None:
        """Read again which authors and sections there are. Four queries."""
        self._parents: dict[int, int | None] = dict(Section.objects.values_list("pk", "parent"))
        authors, sections = self._ledger.targets(AUTHOR), self._ledger.targets(CATEGORY)
        people = set(Author.objects.values_list("pk", flat=True))
        self._authors = {key: pk for key, pk in authors.items() if pk in people}
        self._sections = {key: pk for key, pk in sections.items() if pk in self._parents}

    # --- Records of the file ---------------------------------------------------------------------

    def take_author(self, record: AuthorRecord) -> tuple[Outcome, str]:
        """Make an author's profile; the mail address in the export is private and stays there."""
        self._met.add((AUTHOR, record.key))
        return self._take_author(record)

    def _take_author(self, record: AuthorRecord) -> tuple[Outcome, str]:
        name = self._names.get(record.key, record.name)
        values: Values = {"name": _line(name)}
        whole = self._cut(values, name=(120, _("name of an author")))
        if not values["name"]:
            return Outcome.FAILED, _("no name")
        self._report.authors[record.key] = values["name"]
        paths = [f"/author/{make_slug(record.key, max_length=190)}/"]
        paths += [f"/?author={record.number}"] if record.number else []
        outcome, pk, reason = self._keep(AUTHOR, record.key, values, record.key, paths, whole)
        self._authors[record.key] = pk
        return outcome, reason

    def take_guest(self, item: Item) -> tuple[Outcome, str]:
        """Make the profile of a guest author of Co-Authors Plus; the mail address stays there.

        A guest that is linked to an account, or has its name, is that account's profile.
        """
        login = author_key(item.one("cap-user_login") or item.name).removeprefix("cap-")
        key = f"{_GUEST}{login}"[:200]
        self._met |= {(AUTHOR, login), (AUTHOR, key)}
        account = self._authors.get(author_key(item.one("cap-linked_account")) or login)
        if portrait := item.one("_thumbnail_id"):
            self._portraits[key] = portrait
        if account and self._authors.get(key) == account:
            return Outcome.UNCHANGED, ""
        if account:
            outcome, pk, reason = Outcome.IMPORTED, account, ""
            target = Author._meta.label_lower
            self._ledger.write([Line(AUTHOR, key, target=target, target_id=account)])
        else:
            values = self._guest_values(item)
            told = _("what is told of an author")
            whole = self._cut(values, name=(120, _("name of an author")), biography=(2000, told))
            if not values["name"]:
                return Outcome.FAILED, _("no name")
            paths = [f"/author/{make_slug(login, max_length=190)}/"]
            outcome, pk, reason = self._keep(AUTHOR, key, values, login, paths, whole)
        self._authors[key] = pk
        return outcome, reason

    def hang_portraits(self) -> None:
        """Give guests their pictures, which may come after them in the file; once.

        Whoever has a portrait here keeps it.
        """
        hung = self._ledger.find(_PORTRAIT, self._portraits)
        pictures = self._ledger.find(ATTACHMENT, self._portraits.values())
        for key, number in self._portraits.items():
            picture = pictures[number].target_id if number in pictures else None
            if picture is None or (key in hung and hung[key].target_id == picture):
                continue
            guest = Author.objects.filter(pk=self._authors.get(key, 0), portrait=None)
            guest.update(portrait=picture)
            line = Line(_PORTRAIT, key, target="articles.image", target_id=picture)
            self._ledger.write([line])

    def _guest_values(self, item: Item) -> Values:
        parts = f"{item.one('cap-first_name')} {item.one('cap-last_name')}"
        website = item.one("cap-website")
        name = item.one("cap-display_name") or item.title or parts
        about = drop_control_characters(plain_text(item.one("cap-description")))
        return {
            "name": _line(name),
            "biography": about,
            "website": website if is_web_address(website) and len(website) <= 200 else "",
        }

    def take_categories(self, records: list[TermRecord]) -> list[tuple[Outcome, str]]:
        """Make sections, parents before children, whatever the order of the file."""
        by_key = {term_of(record): record for record in records}
        self._met |= {(CATEGORY, key) for key in by_key}
        self._numbers |= {record.number: term_of(record) for record in records if record.number}
        done: dict[str, tuple[Outcome, str]] = {}

        def take(key: str, below: frozenset[str]) -> None:
            parent = by_key[key].parent if by_key[key].parent not in {*below, key} else ""
            if parent in by_key and parent not in done and len(below) < 50:
                take(parent, below | {key})
            done[key] = self._take_category(key, by_key[key], self._sections.get(parent) or None)

        for key in by_key:
            if key not in done:
                take(key, frozenset())
        return [done[term_of(record)] for record in records]

    def take_tag(self, record: TermRecord) -> tuple[Outcome, str]:
        """Make a topic with its description."""
        values = {
            "name": _line(record.name or record.slug),
            "description": self._description(record),
        }
        whole = self._cut(values, name=(100, _("name of a topic")))
        if not values["name"]:
            return Outcome.FAILED, _("no name")
        paths = [f"/tag/{record.slug}/"]
        outcome, _pk, reason = self._keep(TAG, term_of(record), values, record.slug, paths, whole)
        return outcome, reason

    def _take_category(
        self, key: str, record: TermRecord, parent: int | None
    ) -> tuple[Outcome, str]:
        values = {
            "name": _line(record.name or record.slug),
            "description": self._description(record),
            "parent_id": parent,
        }
        whole = self._cut(values, name=(80, _("name of a section")))
        if not values["name"]:
            return Outcome.FAILED, _("no name")
        paths = [f"/category/{record.slug}/"]
        paths += [f"/category/{record.parent}/{record.slug}/"] if record.parent else []
        paths += [f"/?cat={record.number}"] if record.number else []
        outcome, pk, reason = self._keep(CATEGORY, key, values, record.slug, paths, whole)
        self._sections[key] = pk
        self._parents.setdefault(pk, parent)
        return outcome, reason

    def _description(self, record: TermRecord) -> str:
        """Return a term's description, whole however long it is."""
        text = _line(record.description)
        if len(text) > _USUAL_DESCRIPTION:
            self._report.notes[_("description longer than usual here, kept whole")] += 1
        return text

    def _cut(self, values: Values, **columns: tuple[int, str]) -> Whole:
        """Cut values to their columns' lengths; return those that were longer, for the ledger."""
        whole: Whole = {}
        for column, (length, name) in columns.items():
            text = values[column]
            values[column] = self._report.fit(text, length, name)
            if values[column] != text:
                whole[f"({column})"] = [text]
        return whole

    def world(self) -> list[Any]:
        """Return what texts depend on: who and what the records of the files have become."""
        known = {AUTHOR: self._authors, CATEGORY: self._sections}
        met = sorted((kind, key) for kind, key in self._met if kind in known)
        places = [(kind, key, known[kind].get(key)) for kind, key in met]
        return [places, sorted(self._numbers.items()), sorted(self._names.items())]

    # --- What items name -------------------------------------------------------------------------

    def authors_of(self, item: Item) -> list[int]:
        """Return the profiles that sign an item: guest authors, else the account that posted."""
        guests = [label for label in item.labels if label.taxonomy == AUTHOR]
        named = [(author_key(label.slug.removeprefix("cap-")), label.name) for label in guests]
        named = named or [(author_key(item.creator), item.creator.partition("@")[0])]
        found = [self._authors.get(f"{_GUEST}{key}") or self._author(key, name)
                 for key, name in named]  # fmt: skip
        return [pk for pk in dict.fromkeys(found) if pk]

    def shelves_of(self, item: Item, primary: str) -> tuple[int, list[str]]:
        """Return an item's section and the names of its topics.

        The section is the category of the `primary` number, else the deepest one, the first of
        equals; the others become topics, but not those above the section, whose pages show the
        article anyway.
        """
        labels = [label for label in item.labels if label.taxonomy == CATEGORY]
        found = {self._section(label): _line(label.name) for label in labels}
        tags = [_line(label.name) for label in item.labels if label.taxonomy == "post_tag"]
        if not found:
            return self._default_section(), tags
        first = self._sections.get(self._numbers.get(primary, ""))
        section = first if first in found else max(found, key=lambda pk: len(self._line_of(pk)))
        above = self._line_of(section)
        return section, [*tags, *(name for pk, name in found.items() if pk not in above)]

    def meet(self, item: Item) -> None:
        """Count whom and what an item names, where nothing else is to be done with it."""
        self.authors_of(item)
        for label in item.labels:
            if label.taxonomy == CATEGORY:
                self._section(label)

    def _author(self, key: str, name: str) -> int:
        if not key:
            return 0
        if key not in self._authors:
            end = self._take_author(AuthorRecord(AUTHOR, key, name=name))
            self._count_implied(AUTHOR, key, *end)
        else:
            self._count_implied(AUTHOR, key, Outcome.UNCHANGED, "")
        return self._authors.get(key, 0)

    def _section(self, label: Label) -> int:
        key = term_key(label.slug, label.name)
        if key not in self._sections:
            record = TermRecord(CATEGORY, key, slug=unquote(label.slug), name=label.name)
            end = self._take_category(key, record, None)
            self._count_implied(CATEGORY, key, *end)
        else:
            self._count_implied(CATEGORY, key, Outcome.UNCHANGED, "")
        return self._sections.get(key) or self._default_section()

    def _default_section(self) -> int:
        if not self._sections.get(_DEFAULT_SECTION):
            record = TermRecord(CATEGORY, _DEFAULT_SECTION, slug="news", name=_("News"))
            self._take_category(_DEFAULT_SECTION, record, None)
        return self._sections[_DEFAULT_SECTION]

    def _line_of(self, pk: int | None) -> list[int]:
        """Return a section and all above it."""
        line: list[int] = []
        while pk is not None and pk not in line:
            line.append(pk)
            pk = self._parents.get(pk)
        return line

    def _count_implied(self, kind: str, key: str, outcome: Outcome, reason: str) -> None:
        """Count, once a run, what items name without a record of it in the files."""
        if (kind, key) not in self._met:
            self._met.add((kind, key))
            row = {AUTHOR: _("author, named only"), CATEGORY: _("category, named only")}[kind]
            self._report.expect(row)
            self._report.count(row, outcome, reason)

    # --- One row ---------------------------------------------------------------------------------

    @transaction.atomic
    def _keep(
        self, kind: str, key: str, values: Values, slug: str, paths: list[str], whole: Whole
    ) -> tuple[Outcome, int, str]:
        """Make or update the row of one record; return what became of it, its id and why.

        `whole`: what had to be cut.
        """
        known = self._ledger.find(kind, [key]).get(key)
        digest = digest_of(values)
        if known is not None and known.target_id:
            row = _row(kind, known.target_id)
            if row is None:
                return Outcome.SKIPPED, 0, _("deleted here since")
            if known.digest == digest:
                return Outcome.UNCHANGED, row.pk, ""
            if digest_of({name: getattr(row, name) for name in values}) != known.digest:
                return Outcome.SKIPPED, row.pk, _("edited here since")
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
            outcome = Outcome.UPDATED
        else:
            row, outcome = self._make(kind, values, slug), Outcome.IMPORTED
        redirects.remember_all(dict.fromkeys(paths, row))
        target = row._meta.label_lower
        line = Line(kind, key, target=target, target_id=row.pk, digest=digest, fields=whole)
        self._ledger.write([line])
        return outcome, row.pk, ""

    def _mapped(self, name: str) -> Author | None:
        """Return the profile of a name that the map of authors gives, if it is here."""
        if name not in self._names.values():
            return None
        return Author.objects.filter(name=name).order_by("pk").first()

    def _make(self, kind: str, values: Values, slug: str) -> Row:
        """Create a row, or take the one that stands at this address already."""
        if kind == TAG:
            tag: Tag | None = Tag.objects.filter(key=tag_key(values["name"])).first()
            return tag if tag is not None else Tag.objects.create(**values)
        if kind == AUTHOR and (mapped := self._mapped(values["name"])):
            return mapped
        if kind == AUTHOR:
            wanted = make_slug(values["name"], max_length=100, fallback="author")
            return Author.objects.create(slug=_free_slug(Author, wanted), **values)
        wanted = make_slug(slug or values["name"], max_length=70, fallback="section")
        section = Section.objects.filter(slug=wanted).first()
        if section is not None and section.pk not in self._sections.values():
            return section
        return Section.objects.create(slug=_free_slug(Section, wanted), is_in_menu=False, **values)


def read_names(path: Path) -> dict[str, str]:
    """Read a map of authors: a line "login,name" for each. Raises Unreadable.

    Several logins with one name become one profile; a profile of that name that is here already
    is used.
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, ValueError, csv.Error) as error:
        raise Unreadable(f"{path.name}: {error}") from error
    names: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[:2] == ["login", "name"]):
            continue
        if len(cells) != 2 or not all(cells):
            message = _("%(file)s, line %(line)s: write a login, a comma, a name.")
            raise Unreadable(message % {"file": path.name, "line": number})
        names[author_key(cells[0])] = cells[1]
    return names


def _row(kind: str, pk: int) -> Row | None:
    if kind == AUTHOR:
        return Author.objects.filter(pk=pk).first()
    if kind == TAG:
        tag: Tag | None = Tag.objects.filter(pk=pk).first()
        return tag
    return Section.objects.filter(pk=pk).first()


def fill_menu(ledger: Ledger) -> None:
    """Put the fullest imported sections into a menu that is empty. Two queries or more."""
    if Section.objects.filter(is_in_menu=True).exists():
        return
    top = Section.objects.filter(pk__in=ledger.targets(CATEGORY).values(), parent=None)
    fullest = top.annotate(size=Count("articles")).filter(size__gt=0).order_by("-size", "name")
    wanted = list(fullest.values_list("pk", flat=True)[:_MENU_SIZE])
    Section.objects.filter(pk__in=wanted).update(is_in_menu=True)


def term_of(record: TermRecord) -> str:
    """Return a term's key among its like, also where the file has it as a general term."""
    return record.key.removeprefix(f"{record.taxonomy}:")


def _free_slug(model: type[Author | Section], wanted: str) -> str:
    """Return the slug, or with -2, -3 … the first that is free and no other page's address."""
    slug, number = wanted, 2
    while (model is Section and slug in RESERVED_SLUGS) or model._default_manager.filter(
        slug=slug
    ).exists():
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _line(text: str) -> str:
    """Return plain text in one line, entities resolved."""
    return " ".join(drop_control_characters(plain_text(text)).split())
