"""How much a new comment looks like spam: points of rules, each with what it found.

Nothing is asked of others. A site that wants to names a function in COMMENT_SCORER: it gets the
Sample and returns hits by rule, which count like ours.
"""

import logging
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from .models import AuthorState, Comment, CommentAuthor, CommentRules, SpamText, Status
from .text import links
from .wordlist import compile_list

SAME_TEXT_TIME = timedelta(hours=24)
KNOWN_SPAM_TIME = timedelta(days=90)
REPORT_TIME = timedelta(days=30)
_TOO_FAST = 3.0  # seconds
_FREE_LINKS = 1
_SHOUTING_LETTERS, _SHOUTING_SHARE = 20, 0.7
_FOREIGN_SHARE = 0.3
_MOST_FOUND = 10

RULES: dict[str, str | Promise] = {
    "trap": _("Hidden field"),
    "fast": _("Sent too fast"),
    "links": _("Links"),
    "link_in_name": _("Link in the name"),
    "same_text": _("Same text elsewhere"),
    "known_spam": _("Text was spam before"),
    "suspect": _("Suspect word"),
    "banned": _("Banned word"),
    "shouting": _("Shouting"),
    "script": _("Foreign script"),
    "network": _("Network with rejections"),
    "watched": _("Watched author"),
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hit:
    """A rule that applies: its points and what it found, for the moderator."""

    points: int
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """What is looked at. `comment` is None for a new one; `seconds` is None where unknown."""

    body: str
    name: str
    text_hash: str
    author: CommentAuthor
    network_hash: str = ""
    comment: int | None = None
    fell_into_trap: bool = False
    seconds: float | None = None


@dataclass(frozen=True)
class Precision:
    """A rule's hits in the last 30 days, and what moderators said of those that they decided."""

    rule: str
    label: str | Promise
    hits: int
    confirmed: int
    refuted: int

    @property
    def share(self) -> float | None:
        """Confirmed among decided, 0 to 1; None while nothing is decided."""
        decided = self.confirmed + self.refuted
        return self.confirmed / decided if decided else None


type Scorer = Callable[[Sample], Mapping[str, Hit]]


def examine(sample: Sample, rules: CommentRules) -> dict[str, Hit]:
    """Return the rules that apply, by name. At most four queries, besides an extra scorer's."""
    hits = {}
    for rule, times, found in _applying(sample, rules):
        if points := times * int(getattr(rules, f"points_{rule}")):
            hits[rule] = Hit(points, tuple(found[:_MOST_FOUND]))
    return hits | _extra(sample)


def total(hits: Mapping[str, Hit]) -> int:
    """Return the sum that is compared with the thresholds."""
    return sum(hit.points for hit in hits.values())


def as_signals(hits: Mapping[str, Hit]) -> dict[str, dict[str, Any]]:
    """Return hits as Comment.signals keeps them."""
    return {rule: {"points": hit.points, "found": list(hit.found)} for rule, hit in hits.items()}


def label_of(rule: str) -> str | Promise:
    """Return a rule's name for people; an extra scorer's rules name themselves."""
    return RULES.get(rule, rule)


def precision() -> list[Precision]:
    """Return how the rules fared in the last 30 days: spam older than that is gone. One query."""
    recent = Comment.objects.scored_since(timezone.now() - REPORT_TIME)
    confirmed = Q(decided_by__isnull=False, status__in=[Status.REJECTED, Status.SPAM])
    refuted = Q(decided_by__isnull=False, status__in=[Status.APPROVED])
    counts: dict[str, Count] = {}
    for rule in RULES:
        hit = Q(signals__has_key=rule)
        counts[f"{rule}_hits"] = Count("pk", filter=hit)
        counts[f"{rule}_confirmed"] = Count("pk", filter=hit & confirmed)
        counts[f"{rule}_refuted"] = Count("pk", filter=hit & refuted)
    found = recent.aggregate(**counts)
    return [
        Precision(
            rule, label, found[f"{rule}_hits"], found[f"{rule}_confirmed"], found[f"{rule}_refuted"]
        )
        for rule, label in RULES.items()
    ]


def _applying(sample: Sample, rules: CommentRules) -> Iterator[tuple[str, int, list[str]]]:
    """Yield rule, how many times its points count, and what it found."""
    if sample.fell_into_trap:
        yield "trap", 1, []
    if sample.seconds is not None and sample.seconds < _TOO_FAST:
        yield "fast", 1, [f"{sample.seconds:.1f} s"]
    found = links(sample.body)
    if len(found) > _FREE_LINKS:
        yield "links", len(found) - _FREE_LINKS, found
    if links(sample.name) or "www." in sample.name.casefold():
        yield "link_in_name", 1, [sample.name]
    for rule, text in (("suspect", rules.suspect_words), ("banned", rules.banned_words)):
        words = compile_list(text).find(f"{sample.name}\n{sample.body}")
        if words:
            yield rule, 1, [word.entry for word in words]
    if _shouts(sample.body):
        yield "shouting", 1, []
    if foreign := _foreign_scripts(sample.body, rules.scripts):
        yield "script", 1, foreign
    if sample.author.state == AuthorState.WATCH:
        yield "watched", 1, []
    yield from _from_the_past(sample)


def _from_the_past(sample: Sample) -> Iterator[tuple[str, int, list[str]]]:
    """Yield what other comments tell: the same text lately, known spam, the same network."""
    now = timezone.now()
    others = Comment.objects.exclude(pk=sample.comment or 0)
    same = others.filter(text_hash=sample.text_hash)
    rejected = others.rejected_from_network(sample.network_hash, timezone.localdate(now))
    facts = {
        "same_text": same.filter(created_at__gt=now - SAME_TEXT_TIME).exists(),
        "known_spam": same.spam().filter(decided_at__gt=now - KNOWN_SPAM_TIME).exists()
        or SpamText.objects.filter(
            text_hash=sample.text_hash, at__gt=now - KNOWN_SPAM_TIME
        ).exists(),
        "network": bool(sample.network_hash) and rejected.exists(),
    }
    for rule, applies in facts.items():
        if applies:
            yield rule, 1, []


def _shouts(text: str) -> bool:
    letters = [letter for letter in text if letter.isupper() or letter.islower()]
    loud = sum(letter.isupper() for letter in letters)
    return len(letters) >= _SHOUTING_LETTERS and loud >= _SHOUTING_SHARE * len(letters)


def _foreign_scripts(text: str, scripts: str) -> list[str]:
    """Return the scripts that are not in use here, where they make up much of a text."""
    usual = set(scripts.upper().split())
    letters = [letter for letter in text if letter.isalpha()]
    if not usual or not letters:
        return []
    counts: dict[str, int] = {}
    for letter in letters:
        script = unicodedata.name(letter, "UNKNOWN").split()[0]
        if script not in usual and not letter.isascii():
            counts[script] = counts.get(script, 0) + 1
    return sorted(counts) if sum(counts.values()) > _FOREIGN_SHARE * len(letters) else []


def _extra(sample: Sample) -> dict[str, Hit]:
    """Ask the site's own scorer; one that fails is logged and costs nobody a comment."""
    if not settings.COMMENT_SCORER:
        return {}
    try:
        scorer: Scorer = import_string(settings.COMMENT_SCORER)
        return dict(scorer(sample))
    except Exception:
        logger.exception("comments: %s failed", settings.COMMENT_SCORER)
        return {}
