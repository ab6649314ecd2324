"""The demo's promos with some weeks of clicks."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from articles.models import Promo, PromoClicks, PromoTarget, Section

from . import texts
from .memory import Memory

_DAYS = 30


def build(language: str, memory: Memory) -> None:
    """Bring in every promo that was not brought in before."""
    for values in texts.promos(language):
        if memory.find("promo", values["key"]) is None:
            with transaction.atomic():
                memory.remember("promo", [(values["key"], _promo(dict(values), memory))])


def _promo(values: dict[str, Any], memory: Memory) -> Promo:
    key, clicks = values.pop("key"), values.pop("clicks")
    shelves = {
        is_excluded: values.pop(name, [])
        for is_excluded, name in ((False, "sections"), (True, "excluded_sections"))
    }
    if image := values.pop("image", ""):
        values["image_id"] = memory.id_of("picture", image)
    now = timezone.now()
    days = values.pop("until", None)
    ends_at = now + timedelta(days=days) if days is not None else None
    promo = Promo(starts_at=now - timedelta(days=60), ends_at=ends_at, **values)
    promo.full_clean()
    promo.save()
    PromoTarget.objects.bulk_create(
        PromoTarget(promo=promo, section_id=memory.id_of("section", slug), is_excluded=is_excluded)
        for is_excluded, slugs in shelves.items()
        for slug in slugs
    )
    _click(promo, key, clicks, Section.objects.values_list("slug", flat=True))
    return promo


def _click(promo: Promo, key: str, clicks: int, sections: Any) -> None:
    chance = Random(key)  # noqa: S311 - figures to look at
    last = timezone.localdate() if promo.is_running else timezone.localdate() - timedelta(days=21)
    places = Counter(
        (
            chance.choice(promo.slots),
            chance.choice(list(sections)),
            last - timedelta(days=int(_DAYS * chance.random() ** 1.3)),
        )
        for _number in range(clicks)
    )
    PromoClicks.objects.bulk_create(
        PromoClicks(promo=promo, slot=slot, section=section, day=day, count=count)
        for (slot, section, day), count in places.items()
    )
