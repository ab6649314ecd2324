"""Links between the texts of an import: at its end they lead straight to their targets."""

from itertools import batched

from django.contrib.flatpages.models import FlatPage
from django.db import transaction
from django.utils.translation import gettext as _

from articles import workflow

from .digests import digest_of
from .ledger import Ledger
from .report import Report

# The note of a line whose text links to the old site, until that has been looked at.
OPEN = "links"
_BATCH = 200


def note_of(body: str) -> str:
    """Return the note for the line of a text."""
    return OPEN if 'href="/' in body else ""


def follow(ledger: Ledger, report: Report) -> None:
    """Look at all texts with links, batch by batch; a killed run is finished by the next one."""
    done = 0
    for keys in batched(ledger.noted("post", OPEN), _BATCH):
        with transaction.atomic():
            lines = ledger.find("post", keys, with_fields=True).values()
            done += workflow.relink([line.target_id for line in lines if line.target_id])
            for line in lines:
                line.note = ""
            ledger.write(lines)
    for key in ledger.noted("page", OPEN):
        with transaction.atomic():
            done += _follow_page(ledger, key)
    if done:
        report.notes[_("text with links that lead straight to other texts now")] += done


def _follow_page(ledger: Ledger, key: str) -> bool:
    line = ledger.find("page", [key], with_fields=True)[key]
    page = FlatPage.objects.filter(pk=line.target_id or 0).first()
    line.note = ""
    changed = False
    if page is not None and digest_of_page(page) == line.digest:
        content = workflow.rewriting([page.content])(page.content)
        changed = content != page.content
        page.content = content
        page.save(update_fields=["content"])
        line.note = digest_of_page(page)  # by which the next run knows that nobody edited it
    ledger.write([line])
    return changed


def digest_of_page(page: FlatPage) -> str:
    """Return what tells whether somebody has edited a page."""
    return digest_of({"title": page.title, "content": page.content})
