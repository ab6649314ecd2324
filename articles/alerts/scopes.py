"""What an alert can be about: sections, topics, authors, one article's comments, everything;
and the newsletter, which is asked for and left in the same way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from ..models import Article, Author, Section, Subscription, Tag

Scope = Subscription.Scope
# More than anybody ticks in a form.
MOST = 40


@dataclass(frozen=True)
class Choice:
    """Something to be told of: a box of the form. `value` is what the form sends."""

    scope: str
    target: int
    label: str
    is_chosen: bool = False

    @property
    def value(self) -> str:
        return f"{self.scope}:{self.target}"


def everything(*, is_chosen: bool = False) -> Choice:
    """Return the choice of all articles."""
    return Choice(Scope.ALL, 0, _("Every article"), is_chosen)


def newsletter(*, is_chosen: bool = False) -> Choice:
    """Return the choice of the site's newsletter."""
    return Choice(Scope.NEWSLETTER, 0, _("The newsletter"), is_chosen)


def of_section(section: Section, *, is_chosen: bool = False) -> Choice:
    label = _("Section %(name)s") % {"name": section.name}
    return Choice(Scope.SECTION, section.pk, label, is_chosen)


def of_topic(tag: Tag, *, is_chosen: bool = False) -> Choice:
    return Choice(Scope.TAG, tag.pk, _("Topic %(name)s") % {"name": tag.name}, is_chosen)


def of_author(author: Author, *, is_chosen: bool = False) -> Choice:
    label = _("Texts by %(name)s") % {"name": author.name}
    return Choice(Scope.AUTHOR, author.pk, label, is_chosen)


def of_comments(article: Article, *, is_chosen: bool = False) -> Choice:
    label = _("Comments on “%(headline)s”") % {"headline": article.headline}
    return Choice(Scope.COMMENTS, article.pk, label, is_chosen)


def of_story(article: Article, topics: Iterable[Tag], authors: Iterable[Author]) -> list[Choice]:
    """Return the choices below an article: what it is about is ticked, the rest is offered."""
    choices = [of_topic(tag, is_chosen=True) for tag in topics]
    choices.append(of_section(article.section, is_chosen=True))
    choices += [of_author(author) for author in dict.fromkeys(authors)]
    if article.comments_enabled:
        choices.append(of_comments(article))
    return [*choices, everything(), newsletter()]


def of_site(sections: Iterable[Section]) -> list[Choice]:
    """Return the choices of the whole site."""
    return [everything(), *(of_section(section) for section in sections), newsletter()]


def chosen_again(choices: list[Choice], values: set[str]) -> list[Choice]:
    """Return choices with just these ticked, and after them what else the values name."""
    known = {choice.value for choice in choices}
    others = find(value for value in values if value not in known)
    return [replace(choice, is_chosen=choice.value in values) for choice in [*choices, *others]]


def find(values: Iterable[str]) -> list[Choice]:
    """Return the choices that a form's values name; what readers cannot see is none of them.

    At most one query for each kind.
    """
    wanted: dict[str, list[int]] = {}
    for value in list(dict.fromkeys(values))[:MOST]:
        scope, _colon, target = value.partition(":")
        if target.isdecimal() and target.isascii() and len(target) < 19:
            wanted.setdefault(scope, []).append(int(target))
    return _look_up(wanted)


def described(subscriptions: Sequence[Subscription]) -> list[tuple[Subscription, str]]:
    """Return subscriptions with what they are about in words; what is gone is left out.

    At most one query for each kind.
    """
    wanted: dict[str, list[int]] = {}
    for row in subscriptions:
        wanted.setdefault(row.scope, []).append(row.target)
    labels = {(choice.scope, choice.target): choice.label for choice in _look_up(wanted)}
    found = ((row, labels.get((row.scope, row.target))) for row in subscriptions)
    return [(row, label) for row, label in found if label is not None]


def concerned(article: Article) -> list[tuple[str, list[int]]]:
    """Return what a new article has to do with, as (scope, ids). Two queries."""
    section = article.section
    return [
        (Scope.ALL, [0]),
        (Scope.SECTION, [pk for pk in (section.pk, section.parent_id) if pk]),
        (Scope.TAG, list(article.tagged_items.values_list("tag", flat=True))),
        (Scope.AUTHOR, list(article.bylines.values_list("author", flat=True))),
    ]


def _look_up(wanted: dict[str, list[int]]) -> list[Choice]:
    found = [everything()] if 0 in wanted.get(Scope.ALL, []) else []
    if 0 in wanted.get(Scope.NEWSLETTER, []):
        found.append(newsletter())
    if ids := wanted.get(Scope.SECTION):
        found += [of_section(row) for row in Section.objects.filter(pk__in=ids)]
    if ids := wanted.get(Scope.TAG):
        seen = Tag.objects.filter(
            pk__in=ids, tagged_articles__content_object__in=Article.objects.visible()
        )
        found += [of_topic(row) for row in seen.distinct()]
    if ids := wanted.get(Scope.AUTHOR):
        found += [of_author(row) for row in Author.objects.filter(pk__in=ids)]
    if ids := wanted.get(Scope.COMMENTS):
        articles: Any = Article.objects.visible().filter(pk__in=ids).only("headline")
        found += [of_comments(row) for row in articles]
    return found
