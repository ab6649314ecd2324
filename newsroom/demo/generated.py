"""Generated articles: seeded sentences in bulk, for looking at the site with many rows."""

import re
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate
from random import Random
from typing import Any, cast

from django.db import reset_queries, transaction
from django.utils import timezone

from articles import content, search, workflow
from articles.models import Article, Byline, Revision, Status, TaggedArticle, tags_by_name
from newsroom.lib.slugs import make_slug

from . import bulkwork, texts
from .memory import Memory

KIND = "generated article"
_BATCH = 1_000
# Above, several processes work, and what finds words is made anew at the end.
_MANY = 20_000
# The first have texts of their own, as long as most articles are. All others are short and share
# some thousand of them, so that a million take an hour and not a day.
_OWN_BODIES, _BODIES = 20_000, 400
_TOPICS = 300
_SAME = ("place", "person", "actor", "matter")
# The newest generated article is older than the hand-written ones, which keep the front page.
_FIRST_DAY, _LAST_DAY = 8, 5475
_SLOT = re.compile(r"\{(\w+)\}")


def build(language: str, memory: Memory, wanted: int) -> None:
    """Place the articles no. 1 to `wanted` that are not there; a number is always the same text."""
    missing = memory.missing(KIND, wanted)
    is_many = len(missing) >= _MANY
    if not is_many:
        search.INDEX.ready()  # a run that was killed has left it to this one
    if not missing:
        return
    writer = Writer.of(language, memory)
    tags_by_name(writer.topics)  # no two processes make the same one
    with search.INDEX.suspended() if is_many else nullcontext():
        bulkwork.run(
            partial(_place, writer, _today(), memory.source),
            missing,
            size=_BATCH,
            is_much=is_many,
            title="Generating",
            unit="article",
            late=(Article, Revision, Byline, TaggedArticle),
        )
    memory.note(KIND, len(missing))


def _today() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _place(writer: "Writer", today: datetime, demo: str, block: bulkwork.Block) -> int:
    """Place the articles of a block in one transaction with its record; return how many."""
    first, last = block
    with transaction.atomic():
        placed = workflow.place([writer.write(n, today) for n in range(first, last + 1)])
        Memory.store(demo, KIND, [(bulkwork.key_of(block), placed[0])])
    reset_queries()
    return len(placed)


@dataclass
class Writer:
    """The words of a language and the rows that articles point at."""

    language: str
    words: dict[str, list[str]]
    sections: dict[str, dict[str, list[str]]]
    section_ids: dict[str, int]
    authors: list[int]
    pictures: dict[str, int]
    topics: list[str]
    weights: list[float]
    first_names: list[str]
    syllables: dict[str, list[str]]
    _bodies: dict[tuple[str, int], "SharedBody"] = field(default_factory=dict)

    @classmethod
    def of(cls, language: str, memory: Memory) -> "Writer":
        """Gather what the house has built."""
        paper, grammar = texts.newsroom(language), texts.grammar(language)

        topics = _topics(grammar)
        return cls(
            language=language,
            words=grammar["words"],
            sections=grammar["sections"],
            section_ids={slug: memory.id_of("section", slug) for slug in grammar["sections"]},
            authors=[
                memory.id_of("author", make_slug(author["name"])) for author in paper["authors"]
            ],
            pictures={key: memory.id_of("picture", key) for key in paper["pictures"]},
            topics=topics,
            first_names=grammar["first_names"],
            syllables=grammar["syllables"],
            weights=list(accumulate(1 / rank for rank in range(1, len(topics) + 1))),
        )

    def write(self, number: int, today: datetime) -> workflow.Placement:
        """Return the article of a number, published on one of the days before `today`."""
        chance = Random(f"{self.language} {number}")  # noqa: S311 - a text, not a secret
        section = chance.choice(list(self.sections))
        matter = ""
        if number <= _OWN_BODIES:
            voice = Voice(chance, {**self.words, **self.sections[section]})
            base, prepared = self._base(section, voice, _body(chance, voice, (3, 8))), None
        else:
            shared = self._shared_body(section, chance.randrange(_BODIES))
            voice, base, prepared = Voice(chance, shared.words), shared.base, shared.prepared
            matter = f"{section} {voice.words['matter']}"
        headline = voice.say("headline")
        made: dict[str, Any] = {
            **base,
            "kicker": voice.say("kicker") if number <= _OWN_BODIES else self._name(chance),
            "headline": headline,
            "standfirst": f"{voice.say('standfirst')} {voice.say('standfirst')}",
            "slug": f"{make_slug(headline, max_length=80)}-{number}",
            "tags": self._tags(chance),
            "bylines": [{"author": chance.choice(self.authors), "role": Byline.Role.TEXT.value}],
            "lead_image": self._picture(chance, section),
        }
        # The exponent gives recent years more than those long ago, as real archives have it.
        days = _FIRST_DAY + (_LAST_DAY - _FIRST_DAY) * chance.random() ** 1.5
        moment = today - timedelta(days=int(days)) + timedelta(minutes=chance.randrange(360, 1320))
        return workflow.Placement(
            cast("content.Content", made),
            Status.PUBLISHED,
            published_at=moment,
            prepared=prepared,
            subject=matter,
        )

    def _base(self, section: str, voice: "Voice", body: str) -> content.Content:
        return content.make(
            {
                "section": self.section_ids[section],
                "body": body,
                "dateline": [voice.words["place"]],
            }
        )

    def _shared_body(self, section: str, number: int) -> "SharedBody":
        """Return a short text that many articles have, made when it is first asked for."""
        if (section, number) not in self._bodies:
            chance = Random(f"{self.language} {section} {number}")  # noqa: S311
            words = {**self.words, **self.sections[section]}
            people = {"place": [self._name(chance)], "person": [self._person(chance)]}
            voice = Voice(chance, words | people)
            base = self._base(section, voice, _body(chance, voice, (2, 4)))
            fixed = {name: [voice.words[name]] for name in _SAME}
            prepared = workflow.prepare(base["body"])
            self._bodies[section, number] = SharedBody(words | fixed, base, prepared)
        return self._bodies[section, number]

    def _person(self, chance: Random) -> str:
        return f"{chance.choice(self.first_names)} {self._name(chance)}"

    def _name(self, chance: Random) -> str:
        """Return an invented name; the n-th of 30,000 comes 1/n as often as the first (Zipf)."""
        parts = self.syllables
        rank = int(
            (len(parts["first"]) * len(parts["middle"]) * len(parts["last"])) ** chance.random()
        )
        rank, last = divmod(rank - 1, len(parts["last"]))
        middle, first = divmod(rank, len(parts["first"]))
        return parts["first"][first] + parts["middle"][middle] + parts["last"][last]

    def _picture(self, chance: Random, section: str) -> int | None:
        """Return a picture that suits the section; some articles have none."""
        if chance.random() < 0.15:
            return None
        return self.pictures[chance.choice(self.sections[section]["pictures"])]

    def _tags(self, chance: Random) -> list[str]:
        """Return two to five topics; the n-th of them comes 1/n as often as the first (Zipf)."""
        found = chance.choices(self.topics, cum_weights=self.weights, k=chance.randint(2, 5))
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class SharedBody:
    """A text of which many articles differ in head, date, topics and author only."""

    words: dict[str, list[str]]
    base: content.Content
    prepared: workflow.Prepared


class Voice:
    """The sentences of one article: about one place, person and matter; none of them twice."""

    def __init__(self, chance: Random, words: dict[str, list[str]]) -> None:
        self._chance = chance
        self.words: dict[str, Any] = words | {name: chance.choice(words[name]) for name in _SAME}
        self._decks: dict[str, list[str]] = {}

    def say(self, kind: str) -> str:
        """Return a sentence of a kind with its slots filled, beginning with a capital letter."""
        if not self._decks.get(kind):
            self._decks[kind] = self._chance.sample(self.words[kind], k=len(self.words[kind]))
        text = _SLOT.sub(self._fill, self._decks[kind].pop())
        return text[:1].upper() + text[1:]

    def _fill(self, slot: re.Match[str]) -> str:
        if slot[1] == "number":
            return str(self._chance.randint(3, 98))
        words = self.words[slot[1]]
        return words if isinstance(words, str) else self._chance.choice(words)


def _body(chance: Random, voice: Voice, paragraphs: tuple[int, int]) -> str:
    parts = []
    for number in range(chance.randint(*paragraphs)):
        if number and number % 3 == 0:
            parts.append(f"<h2>{voice.say('subheading')}</h2>")
        kinds = chance.choices(["fact", "background", "voice"], k=chance.randint(2, 3))
        parts.append(f"<p>{' '.join(voice.say(kind) for kind in ['fact', *kinds])}</p>")
    return "\n".join(parts)


def _topics(grammar: dict[str, Any]) -> list[str]:
    """Return the names of all topics, themes first, then places, then people."""
    words = grammar["words"]
    people = [
        f"{first} {last}" for first in grammar["first_names"] for last in grammar["last_names"]
    ]
    Random(1).shuffle(people)  # noqa: S311
    return list(dict.fromkeys([*grammar["themes"], *words["place"], *people]))[:_TOPICS]
