"""What all apps know of a person by an e-mail address: told, or erased. Called by the commands
export_person and erase_person and by the admin.

An app that keeps something of people names its two functions here.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from articles.alerts import privacy as alerts
from comments import moderation
from comments import privacy as comments
from jobs import privacy as jobs

EXPORTERS: dict[str, Callable[[str], dict[str, list[dict[str, Any]]]]] = {
    "alerts": alerts.export,
    "comments": comments.export,
    "jobs": jobs.export,
}
ERASERS: dict[str, Callable[[str], int]] = {
    "alerts": alerts.erase,
    "comments": moderation.erase,
    "jobs": jobs.erase,
}


def export(address: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return what each app keeps of a person, by app and kind; for DjangoJSONEncoder."""
    return {name: exporter(address) for name, exporter in EXPORTERS.items()}


@transaction.atomic
def erase(address: str) -> dict[str, int]:
    """Erase a person everywhere or nowhere; return how many rows that concerned, by app."""
    return {name: eraser(address) for name, eraser in ERASERS.items()}
