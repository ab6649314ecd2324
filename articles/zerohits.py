"""Keeping what readers searched for in vain, for the editors' report. Called by the search page."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from newsroom.lib.richtext import drop_control_characters

from .models import ZeroHit

_MAX_ROWS = 1_000
_MAX_LENGTH = 100
_MAX_DIGITS = 5


@transaction.atomic
def record(text: str) -> bool:
    """Count a query that found nothing; False if it may be personal or is none.

    Queries with an @ or with as many digits as a telephone number are not kept. The table holds a
    thousand queries: the least asked make room. Three queries.
    """
    query = " ".join(drop_control_characters(text).split()).casefold()[:_MAX_LENGTH]
    digits = sum(char.isdigit() for char in query)
    if "@" in query or digits > _MAX_DIGITS or not any(char.isalpha() for char in query):
        return False
    now = timezone.now()
    known = ZeroHit.objects.filter(query=query)
    if known.update(count=F("count") + 1, last_asked_at=now):
        return True
    # Two requests at once: the second insert does nothing, one count is lost.
    ZeroHit.objects.bulk_create([ZeroHit(query=query, last_asked_at=now)], ignore_conflicts=True)
    # The newest one is safe, or a full table would never let anything in.
    others = ZeroHit.objects.exclude(query=query).order_by("-count", "-last_asked_at")
    beyond = others.values_list("pk", flat=True)[_MAX_ROWS - 1 : _MAX_ROWS + 99]
    ZeroHit.objects.filter(pk__in=list(beyond)).delete()
    return True
