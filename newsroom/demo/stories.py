"""The hand-written articles, each brought to its place by the verbs that would bring it there."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from articles import content, workflow
from articles.content import Content
from articles.models import Article, Byline, Image, Status
from newsroom.lib.slugs import make_slug
from newsroom.models import User

from . import texts
from .memory import Memory
from .people import Desk
from .texts import Story

# [[picture bridge]] or [[picture bridge | words for below it]]
_PICTURE_MARK = re.compile(r"\[\[picture ([\w-]+)(?:\s*\|\s*(.+?))?\s*\]\]")
_LINES = (
    "kicker", "headline", "front_headline", "seo_title", "seo_description", "social_title", "slug",
    "dateline", "standfirst", "tags", "lead_caption", "canonical_url", "is_sensitive",
    "comments_enabled", "ai_use", "genre", "language",
)  # fmt: skip


def build(language: str, memory: Memory) -> None:
    """Bring in every article that was not brought in before."""
    desk = Desk.gather()
    for story in texts.stories(language):
        if memory.find("article", story.key) is None:
            with transaction.atomic():
                values = make_content(story, memory)
                article = _STATES[story.facts["state"]](story, values, desk)
                memory.remember("article", [(story.key, article)])


def make_content(story: Story, memory: Memory) -> Content:
    """Return the content of a story, with the rows that the house and earlier stories gave it."""
    facts = story.facts
    values: dict[str, Any] = {name: facts[name] for name in _LINES if name in facts}
    values["section"] = memory.id_of("section", facts["section"])
    values["lead_image"] = memory.id_of("picture", facts["picture"])
    values["bylines"] = [
        {"author": memory.id_of("author", make_slug(name)), "role": role}
        for role in Byline.Role.values
        for name in facts.get(role, [])
    ]
    values["dossiers"] = [memory.id_of("dossier", slug) for slug in facts.get("dossiers", [])]
    values["related"] = [
        {"article": memory.id_of("article", key), "kind": "pinned"}
        for key in facts.get("related", [])
    ]
    if original := facts.get("translation_of"):
        values["translation_of"] = memory.id_of("article", original)
    values["body"] = with_pictures(story.body, memory)
    return content.make(values)


def with_pictures(body: str, memory: Memory) -> str:
    """Put figures of the library in the place of the marks."""

    def figure(mark: re.Match[str]) -> str:
        image = Image.objects.get(pk=memory.id_of("picture", mark[1]))
        caption = f"<figcaption>{mark[2]}</figcaption>" if mark[2] else ""
        source = image.rendition_url("full", 1280, "jpg")
        return (
            f'<figure class="figure"><img src="{source}" alt="" data-file="{image.pk}">'
            f"{caption}</figure>"
        )

    return _PICTURE_MARK.sub(figure, body)


def _published(story: Story, values: Content, desk: Desk) -> Article:
    """Place it as published some hours ago, with what has happened to it since."""
    facts = story.facts
    moment = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=facts["hours_ago"])
    first = content.make({**values, "slug": facts.get("first_slug", values["slug"])})
    (placed,) = workflow.place([workflow.Placement(first, Status.PUBLISHED, published_at=moment)])
    content.write_rows(placed, values)  # dossiers and related: `place` leaves them out
    article = Article.objects.get(pk=placed.pk)
    if first != values:  # a slip in the address, corrected: the old one leads to the new one
        workflow.save_draft(article, values, by=desk.editor, base=article.head)
        workflow.publish(article, by=desk.editor, is_substantial=False)
        article.refresh_from_db()
    for correction in facts.get("corrections", []):
        workflow.correct(
            article,
            by=desk.editor,
            kind=correction["kind"],
            text=correction["text"],
            at=moment + timedelta(hours=correction["hours_after"]),
        )
    if update := facts.get("working_copy"):
        _save(article, values, update, desk.editor)
    if reason := facts.get("withdrawn_because"):
        workflow.withdraw(article, by=desk.chief, reason=reason)
    return article


def _save(article: Article, values: Content, update: dict[str, str], by: User) -> None:
    """Leave a newer revision above the live one."""
    changed = {**values, "headline": update["headline"], "body": values["body"] + update["more"]}
    article.refresh_from_db()
    workflow.save_draft(article, content.make(changed), by=by, base=article.head)


def _draft(story: Story, values: Content, desk: Desk) -> Article:
    """Leave it with its writer; planned and under embargo where the story says so."""
    article = workflow.create(values, by=desk.reporter)
    if "embargo_days" in story.facts:
        until = _morning(story.facts["embargo_days"], hour=11)
        workflow.plan(
            article, by=desk.editor, planned_at=until, embargo_until=until, expires_at=None
        )
    if "planned_days" in story.facts:
        day = _morning(story.facts["planned_days"], hour=17)
        article = workflow.replan(article, by=desk.editor, planned_at=day, seen=None)
    return article


def _in_review(story: Story, values: Content, desk: Desk) -> Article:
    return workflow.submit(_draft(story, values, desk), by=desk.reporter)


def _approved(story: Story, values: Content, desk: Desk) -> Article:
    return workflow.approve(_in_review(story, values, desk), by=desk.editor)


def _through_the_desk(story: Story, values: Content, desk: Desk) -> Article:
    """Publish it now, the whole way: written, handed in, approved, published by a third."""
    article = _approved(story, values, desk)
    workflow.publish(article, by=desk.chief, ai_reviewed=True)
    return article


def _scheduled(story: Story, values: Content, desk: Desk) -> Article:
    article = _approved(story, values, desk)
    workflow.publish(article, by=desk.editor, at=_morning(story.facts["in_days"], hour=6))
    return article


def _morning(days: int, *, hour: int) -> datetime:
    """Return an hour of a day to come, in the site's zone."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))


_STATES: dict[str, Callable[[Story, Content, Desk], Article]] = {
    "published": _published,
    "published now": _through_the_desk,
    "draft": _draft,
    "in review": _in_review,
    "approved": _approved,
    "scheduled": _scheduled,
}
