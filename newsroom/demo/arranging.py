"""What the desk does beside writing: front pages, banners, topics that mean the same."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from articles import frontpage, topics
from articles.models import Article, Banner, Dossier, Section, Slot, Tag

from . import texts
from .memory import Memory
from .people import Desk

_SLOT_FIELDS = ("kind", "title", "size", "turn", "may_repeat", "is_balanced")


def build(language: str, memory: Memory) -> None:
    """Arrange what nobody has arranged yet."""
    desk, wanted = Desk.gather(), texts.desk(language)
    for facts in wanted["merges"]:
        if memory.find("topic", facts["into"]) is None:
            with transaction.atomic():
                memory.remember("topic", [(facts["into"], _merge(facts, desk))])
    for facts in wanted["fronts"]:
        key = facts.get("section", "home")
        if memory.find("front page", key) is None:
            with transaction.atomic():
                memory.remember("front page", [(key, slot) for slot in _front(facts, memory, desk)])
    for number, facts in enumerate(wanted["banners"]):
        if memory.find("banner", str(number)) is None:
            with transaction.atomic():
                memory.remember("banner", [(str(number), _banner(facts, memory, desk))])


def _merge(facts: dict[str, Any], desk: Desk) -> Tag:
    """Merge topics; where an earlier demo has none of the others, there is nothing to do."""
    into: Tag = Tag.objects.get(name=facts["into"])
    if others := list(Tag.objects.filter(name__in=facts["others"])):
        topics.merge(others, into, by=desk.chief)
    return into


def _front(facts: dict[str, Any], memory: Memory, desk: Desk) -> list[Slot]:
    """Arrange a front; one that somebody has arranged already stays as it is."""
    section = None
    if slug := facts.get("section"):
        section = Section.objects.get(pk=memory.id_of("section", slug))
    if there := list(Slot.objects.of_front(section)[:1]):
        return there
    for values in facts["slots"]:
        slot = Slot(section=section, **{n: values[n] for n in _SLOT_FIELDS if n in values})
        if "dossier" in values:
            slot.dossier = Dossier.objects.get(pk=memory.id_of("dossier", values["dossier"]))
        if "tag" in values:
            slot.tag = Tag.objects.get(name=values["tag"])
        frontpage.save_slot(slot, [], by=desk.editor)
        for pin in reversed(values.get("pins", [])):  # each goes to the top of its slot
            article = Article.objects.get(pk=memory.id_of("article", pin["article"]))
            frontpage.pin(article, slot, by=desk.editor, **_window(pin))
    return [slot]


def _window(facts: dict[str, Any]) -> dict[str, Any]:
    since = timezone.now() + timedelta(days=facts.get("in_days", 0))
    return {"since": since, "until": since + timedelta(days=facts["days"])}


def _banner(facts: dict[str, Any], memory: Memory, desk: Desk) -> Banner:
    window = _window(facts)
    article = Article.objects.get(pk=memory.id_of("article", facts["article"]))
    banner = Banner(
        text=facts["text"],
        level=facts["level"],
        link=article.get_absolute_url(),
        starts_at=window["since"],
        ends_at=window["until"],
    )
    sections = [memory.id_of("section", slug) for slug in facts.get("sections", [])]
    return frontpage.raise_banner(banner, Section.objects.filter(pk__in=sections), by=desk.editor)
