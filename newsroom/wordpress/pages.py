"""Pages → flat pages at their old paths."""

import re

from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.utils.translation import gettext as _

from articles import redirects
from articles.models import RESERVED_SLUGS, Section
from newsroom.lib import richtext
from newsroom.lib.slugs import make_slug
from newsroom.models.site import LEGAL_PAGES

from . import blocks
from .addresses import old_addresses, path_of, without_ending
from .digests import digest_of
from .ledger import Ledger, Line
from .links import digest_of_page, note_of
from .media import Library
from .metafields import custom_fields
from .records import Item
from .report import Outcome, Report


class Pages:
    """Keeps the flat pages of one source."""

    def __init__(self, ledger: Ledger, report: Report, library: Library) -> None:
        self._ledger = ledger
        self._report = report
        self._library = library

    def take(self, item: Item) -> tuple[Outcome, str]:
        """Make or update one page; return what became of it and why."""
        if item.status != "publish" or item.has_password:
            reason = _("not public, and pages here have no drafts")
            return self._leave(item, reason)
        values = self._values(item)
        digest = digest_of(values)
        known = self._ledger.find(item.kind, [item.key]).get(item.key)
        if known is not None and known.target_id:
            page = FlatPage.objects.filter(pk=known.target_id).first()
            if page is None:
                return Outcome.SKIPPED, _("deleted here since")
            if known.digest == digest:
                return Outcome.UNCHANGED, ""
            if digest_of_page(page) not in {known.digest, known.note}:
                return Outcome.SKIPPED, _("edited here since")
            for name, value in values.items():
                setattr(page, name, value)
            page.save()
            outcome = Outcome.UPDATED
        else:
            page = FlatPage.objects.create(url=self._free_url(item), **values)
            page.sites.add(Site.objects.get_current())
            outcome = Outcome.IMPORTED
        redirects.remember_all(dict.fromkeys(old_addresses(item), page.url))
        self._ledger.write(
            [
                Line(
                    item.kind,
                    item.key,
                    target="flatpages.flatpage",
                    target_id=page.pk,
                    digest=digest,
                    note=note_of(values["content"]),
                    fields=custom_fields(item),
                )
            ]
        )
        return outcome, ""

    def _values(self, item: Item) -> dict[str, str]:
        title = " ".join(richtext.plain_text(item.title).split()) or item.name or _("Untitled")
        return {
            "title": richtext.drop_control_characters(title)[:200].strip(),
            "content": richtext.clean(blocks.to_html(item.body, self._library.context(item))),
        }

    def _leave(self, item: Item, reason: str) -> tuple[Outcome, str]:
        known = self._ledger.find(item.kind, [item.key]).get(item.key)
        if known is not None and known.target:
            return Outcome.SKIPPED, _("public here, no longer there: decide by hand")
        self._ledger.write([Line(item.kind, item.key, note=reason)])
        return Outcome.SKIPPED, reason

    def _free_url(self, item: Item) -> str:
        """Return the page's old path, or the nearest one that nothing else answers."""
        steps = [step for step in path_of(item.link).partition("?")[0].split("/") if step]
        steps = [_step(without_ending(step)) for step in steps or [item.name]]
        steps = [step for step in steps if step] or [f"page-{make_slug(item.key, max_length=40)}"]
        while len("/".join(steps)) > 90:
            steps.pop(0)
        first, number = steps[0], 2
        while self._is_taken(url := f"/{'/'.join(steps)}/", steps):
            steps[0], number = f"{first}-{number}", number + 1
        if number > 2:
            self._report.notes[_("page moved to %(url)s: its path is taken") % {"url": url}] += 1
        return url

    def _is_taken(self, url: str, steps: list[str]) -> bool:
        if FlatPage.objects.filter(url=url).exists():
            return True
        if url in {page.url for page in LEGAL_PAGES}:
            return False  # what the footer links to and nobody has written yet
        looks_like_article = bool(re.fullmatch(r"/(?:19|20|21)\d\d/(?:0[1-9]|1[0-2])/[^/]+/", url))
        is_section = len(steps) == 1 and Section.objects.filter(slug=steps[0]).exists()
        return steps[0].lower() in RESERVED_SLUGS or looks_like_article or is_section


def _step(text: str) -> str:
    """Return one step of a path as flat pages take it; any alphabet."""
    return text[:60] if re.fullmatch(r"[\w~-][\w.~-]*", text) else make_slug(text, max_length=60)
